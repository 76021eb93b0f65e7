/* SPDX-License-Identifier: Apache-2.0
 * One connection: bytes of a socket in and out on one side, what they say on the other. */
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "tls/tls_int.h"

enum { SPARE_BYTES_MAX = 8 << 10, PUT_BYTES = 16 << 10 };

/* Bytes that wait, from `from` to `to`. */
struct line {
    char *bytes;
    size_t from, to, size;
};

struct tls_pipe {
    SSL *ssl;
    struct line came, sealed;
    size_t hello_bytes;
    enum tls_state state;
};

/* --- bytes that wait ---------------------------------------------------------------------------------------------- */

static bool line_add(struct line *line, const char *bytes, size_t len)
{
    if (line->from == line->to) line->from = line->to = 0;
    if (len > line->size - line->to) {
        size_t size = line->to - line->from + len, room = size < PUT_BYTES ? size : size + size / 2;
        char *grown = malloc(room);
        if (grown == NULL) return false;
        if (line->to > line->from) memcpy(grown, line->bytes + line->from, line->to - line->from);
        free(line->bytes);
        *line = (struct line){.bytes = grown, .to = line->to - line->from, .size = room};
    }
    memcpy(line->bytes + line->to, bytes, len);
    line->to += len;
    return true;
}

/* A connection that waits holds little. */
static void line_took(struct line *line, size_t len)
{
    salve_assert(len <= line->to - line->from);
    line->from += len;
    if (line->from < line->to || line->size <= SPARE_BYTES_MAX) return;
    free(line->bytes);
    *line = (struct line){.bytes = NULL};
}

/* --- the BIO between them ----------------------------------------------------------------------------------------- */

static int on_read(BIO *bio, char *out, size_t room, size_t *taken)
{
    struct line *came = &((struct tls_pipe *)BIO_get_data(bio))->came;
    size_t len = came->to - came->from;
    BIO_clear_retry_flags(bio);
    if (len > room) len = room;
    *taken = len;
    if (len == 0) {
        BIO_set_retry_read(bio);
        return 0;
    }
    memcpy(out, came->bytes + came->from, len);
    line_took(came, len);
    return 1;
}

static int on_write(BIO *bio, const char *bytes, size_t len, size_t *written)
{
    struct tls_pipe *pipe = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (!line_add(&pipe->sealed, bytes, len)) return 0;
    *written = len;
    return 1;
}

static long on_control(BIO *bio, int what, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    return what == BIO_CTRL_FLUSH || what == BIO_CTRL_DUP;
}

BIO_METHOD *tls_bytes_method(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "bytes of a connection");
    if (method != NULL && BIO_meth_set_read_ex(method, on_read) == 1 && BIO_meth_set_write_ex(method, on_write) == 1 &&
        BIO_meth_set_ctrl(method, on_control) == 1)
        return method;
    BIO_meth_free(method);
    return NULL;
}

/* --- a pipe ------------------------------------------------------------------------------------------------------- */

static SSL *new_ssl(struct tls_server *server)
{
    (void)pthread_mutex_lock(&server->lock);
    SSL *ssl = server->context == NULL ? NULL : SSL_new(server->context);
    (void)pthread_mutex_unlock(&server->lock);
    return ssl;
}

struct tls_pipe *tls_pipe_open(struct tls_server *server)
{
    struct tls_pipe *pipe = calloc(1, sizeof *pipe);
    BIO *bio = pipe == NULL ? NULL : BIO_new(server->bytes);
    if (bio != NULL) pipe->ssl = new_ssl(server);
    if (bio == NULL || pipe->ssl == NULL) {
        ERR_clear_error();
        BIO_free(bio);
        free(pipe);
        return NULL;
    }
    BIO_set_data(bio, pipe);
    BIO_set_init(bio, 1);
    SSL_set_bio(pipe->ssl, bio, bio); /* the SSL's, once */
    SSL_set_accept_state(pipe->ssl);
    return pipe;
}

void tls_pipe_close(struct tls_pipe *pipe)
{
    if (pipe == NULL) return;
    SSL_free(pipe->ssl);
    free(pipe->came.bytes);
    free(pipe->sealed.bytes);
    free(pipe);
}

enum tls_state tls_pipe_state(const struct tls_pipe *pipe) { return pipe->state; }

static void judge(struct tls_pipe *pipe, int result)
{
    int why = SSL_get_error(pipe->ssl, result);
    if (why == SSL_ERROR_ZERO_RETURN)
        pipe->state = pipe->state == TLS_OPEN ? TLS_ENDED : TLS_BROKEN;
    else if (why != SSL_ERROR_WANT_READ)
        pipe->state = TLS_BROKEN;
    ERR_clear_error();
}

static void shake(struct tls_pipe *pipe)
{
    ERR_clear_error();
    int result = SSL_do_handshake(pipe->ssl);
    if (result == 1)
        pipe->state = TLS_OPEN;
    else
        judge(pipe, result);
}

void tls_pipe_came(struct tls_pipe *pipe, const char *bytes, size_t len)
{
    if (len == 0 || (pipe->state != TLS_BEGINS && pipe->state != TLS_OPEN)) return;
    if (!line_add(&pipe->came, bytes, len)) pipe->state = TLS_BROKEN;
    if (pipe->state != TLS_BEGINS) return;
    pipe->hello_bytes += len;
    shake(pipe);
    if (pipe->state == TLS_BEGINS && pipe->hello_bytes > TLS_HELLO_BYTES_MAX) pipe->state = TLS_BROKEN;
}

size_t tls_pipe_take(struct tls_pipe *pipe, char *out, size_t room)
{
    size_t taken = 0;
    if (pipe->state != TLS_OPEN || room == 0) return 0;
    ERR_clear_error();
    int result = SSL_read_ex(pipe->ssl, out, room, &taken);
    if (result == 1) return taken;
    judge(pipe, result);
    return 0;
}

size_t tls_pipe_put(struct tls_pipe *pipe, struct str bytes)
{
    size_t put = 0;
    ERR_clear_error();
    while ((pipe->state == TLS_OPEN || pipe->state == TLS_ENDED) && put < bytes.len &&
           pipe->sealed.to - pipe->sealed.from < TLS_SEALED_BYTES_MAX) {
        size_t written = 0, len = bytes.len - put < PUT_BYTES ? bytes.len - put : PUT_BYTES;
        int result = SSL_write_ex(pipe->ssl, bytes.ptr + put, len, &written);
        if (result != 1) pipe->state = TLS_BROKEN;
        put += written;
    }
    ERR_clear_error();
    return put;
}

struct str tls_pipe_waits(struct tls_pipe *pipe)
{
    return str_make(pipe->sealed.bytes + pipe->sealed.from, pipe->sealed.to - pipe->sealed.from);
}

void tls_pipe_sent(struct tls_pipe *pipe, size_t bytes) { line_took(&pipe->sealed, bytes); }

void tls_pipe_end(struct tls_pipe *pipe)
{
    if (pipe->state != TLS_OPEN && pipe->state != TLS_ENDED) return;
    ERR_clear_error();
    (void)SSL_shutdown(pipe->ssl);
    ERR_clear_error();
}
