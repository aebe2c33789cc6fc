// jsonpatch.escapeKey: a key as JSON pointers have it. Upstream: k8s.io/apiserver/pkg/cel/library/jsonpatch.go.

export const jsonPatchFunctions = {
  string_jsonpatch_escapeKey_string: (key: string) =>
    key.replace(/[~/]/g, (part) => (part === '/' ? '~1' : '~0')),
};
