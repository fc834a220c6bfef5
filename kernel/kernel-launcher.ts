/**
 * The script that a kernelspec starts where there is a POSIX shell. A version manager takes old versions of
 * Node.js away, and a kernelspec that names one is dead then: this one takes the Node.js that it was
 * installed with, and another of this machine where that is gone. It ends in `exec`, so Jupyter's signals and
 * its watch on the process reach the kernel.
 *
 * @param node absolute path of the Node.js to begin with
 * @param main absolute path of the kernel's program
 */
export function launcherScript(node: string, main: string): string {
  return `#!/bin/sh
# Starts the xdrlab kernel; written by "xdrlab install".
node=${shellQuoted(node)}
main=${shellQuoted(main)}
if [ ! -f "$main" ]; then
  echo "xdrlab: $main is gone; install xdrlab again, then run: xdrlab install" >&2
  exit 1
fi
if [ -x "$node" ]; then exec "$node" "$main" "$@"; fi

# Any other that is new enough: of the path, of the same version manager, of the system.
enough='const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
for other in "$(command -v node)" "\${node%/*/bin/node}"/*/bin/node "\${node%/*/installation/bin/node}"/*/installation/bin/node \\
  /opt/homebrew/bin/node /usr/local/bin/node /usr/bin/node; do
  if [ -x "$other" ] && "$other" -e "$enough" >/dev/null 2>&1; then
    echo "xdrlab: $node is gone, so $other is used; to keep it, run: xdrlab install" >&2
    exec "$other" "$main" "$@"
  fi
done
echo "xdrlab: $node is gone, and no other Node.js 20.19 or later was found; install one, then run: xdrlab install" >&2
exit 1
`
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
