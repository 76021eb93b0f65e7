/* SPDX-License-Identifier: Apache-2.0
 * A thread that hears the supervisor where the others of a process are busy with their work. */
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "serve/serve_int.h"

/* Nobody is asked any more who could still wait: whoever asks this process has ended before. */
__attribute__((noreturn)) static void end_now(void) { _exit(0); }

static void *hear(void *with)
{
    struct serve_watch *watch = with;
    for (;;) {
        bool has = false;
        struct serve_fds fds;
        struct serve_message message;
        if (serve_receive(SERVE_CONTROL_FD, true, &message, &fds, &has, NULL) != SALVE_OK) end_now();
        if (has && message.word == SERVE_PING && serve_alive(NULL) != SALVE_OK) end_now();
        if (has && watch->heard != NULL)
            watch->heard(watch->with, message.word, &fds);
        else if (has && message.word == SERVE_DRAIN)
            end_now();
        serve_fds_close(&fds);
    }
}

enum salve_code serve_watch_start(struct serve_watch *watch, struct salve_err *err)
{
    pthread_t thread;
    sigset_t all, before; /* signals are the business of the thread that starts it */
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_BLOCK, &all, &before);
    int why = pthread_create(&thread, NULL, hear, watch);
    if (why == 0) why = pthread_detach(thread);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return why == 0 ? SALVE_OK : salve_fail(err, SALVE_E_MEMORY, "%s: thread", watch->job->kind->name);
}
