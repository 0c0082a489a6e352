// WORKERS is filled in by the build: { editor: 'editor.worker-….js', … }.
// Separate files instead of blob: URLs, so that the content security policy can stay at 'self'.
globalThis.MonacoEnvironment = {
  getWorker: (_id, label) => new Worker(new URL(WORKERS[label] ?? WORKERS.editor, import.meta.url)),
};
