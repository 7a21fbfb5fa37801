// One SQLite file, held by one process at a time: SQLite compiled to WebAssembly works in memory, so every
// write puts the whole file on disk, and a second process would overwrite what the first one wrote.
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { KeywhenError } from "@keywhen/core";
import initSqlJs from "sql.js";

const TABLE = `CREATE TABLE IF NOT EXISTS objects (
  bucket TEXT, key BLOB, body BLOB, headers TEXT, modified INTEGER, version TEXT,
  PRIMARY KEY (bucket, key)) WITHOUT ROWID`;

/** Opens the file, or makes it at the first write. `close` gives it back. */
export async function openSqliteFile(file) {
  const { Database } = await initSqlJs();
  const lock = `${file}.lock`;
  takeLock(lock);
  let saved = readIfThere(file);
  let db = new Database(saved);
  db.run(TABLE);

  return {
    /** The rows that a query gives. */
    rows(sql, values) {
      const statement = db.prepare(sql, values);
      const rows = [];
      while (statement.step()) rows.push(statement.getAsObject());
      statement.free();
      return rows;
    },
    /** Changes all that `change` changes, on disk as well, or nothing. */
    write(change) {
      try {
        change((sql, values) => db.run(sql, values));
        const bytes = db.export();
        replaceFile(file, bytes);
        saved = bytes;
      } catch (error) {
        db.close();
        db = new Database(saved);
        db.run(TABLE);
        throw error;
      }
    },
    close() {
      db.close();
      rmSync(lock, { force: true });
    },
  };
}

/** Whole or not at all: a reader finds the old file or the new one. */
function replaceFile(file, bytes) {
  const temporary = `${file}.new`;
  const handle = openSync(temporary, "w");
  try {
    writeSync(handle, bytes);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, file);
}

function takeLock(lock) {
  try {
    const handle = openSync(lock, "wx");
    writeSync(handle, String(process.pid));
    closeSync(handle);
  } catch (cause) {
    if (cause.code !== "EEXIST") throw cause;
    const holder = readFileSync(lock, "utf8");
    const message = `process ${holder} has the file open. If there is no such process, delete ${lock}.`;
    throw new KeywhenError("invalid-option", message, { cause });
  }
}

function readIfThere(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}
