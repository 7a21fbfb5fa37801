// The first thing that every command of this checkout runs. It must parse on any Node, however old: no new syntax here.
var OLDEST = [20, 19];
var version = process.versions.node;
var parts = version.split(".").map(Number);

if (parts[0] < OLDEST[0] || (parts[0] === OLDEST[0] && parts[1] < OLDEST[1])) {
  console.error(`keywhen needs Node ${OLDEST.join(".")} or newer; this is ${version}.`);
  process.exit(1);
}
