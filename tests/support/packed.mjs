// SPDX-License-Identifier: Apache-2.0
// packed - one file of a published npm package, out of its tarball, without what the package would bring along: its built form is what a
// browser loads. The tarball is kept in build/npm and is the pinned one to the bit; null where it cannot be had (no registry).
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const PINNED = {
    fhirclient: {
        version: '2.6.3',
        sha512: 'CirZixcwWelbkIXxpxlNQx5+ZdJirl6F1s4y4yvA1X7hHAkr9n99aVHaMi0wX+97nATjKQ65X6NB5as/wZoJzg==',
    },
};

export function packed(name, file) {
    const { version, sha512 } = PINNED[name],
        folder = join(process.env.BUILD ?? 'build', 'npm'),
        tarball = join(folder, `${name}-${version}.tgz`);
    mkdirSync(folder, { recursive: true });
    if (!existsSync(tarball)) {
        const asked = ['pack', `${name}@${version}`, '--pack-destination', resolve(folder), '--loglevel=error'];
        if (spawnSync('npm', asked, { stdio: 'ignore', timeout: 60_000 }).status !== 0) return null;
    }
    if (createHash('sha512').update(readFileSync(tarball)).digest('base64') !== sha512)
        throw new Error(`${tarball} is not the one that is pinned`);
    const { status, stdout } = spawnSync('tar', ['-xzOf', tarball, `package/${file}`], { maxBuffer: 64 << 20 });
    if (status !== 0) throw new Error(`${tarball}: no ${file}`);
    return stdout;
}
