// Answers what k8s.io/apiserver and k8s.io/apiextensions-apiserver make of an expression, of a CRD's schema, or of a
// custom resource: one JSON request a line in, one answer a line out.
package main

import (
	"bufio"
	"encoding/json"
	"os"
)

type request struct {
	// Kind is "expression", "crd", "object" or "admission".
	Kind   string          `json:"kind"`
	Expr   string          `json:"expr,omitempty"`
	Schema json.RawMessage `json:"schema,omitempty"`
	Self   json.RawMessage `json:"self,omitempty"`
	Old    json.RawMessage `json:"old,omitempty"`
	Root   bool            `json:"root,omitempty"`
	admissionSetting
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<26)
	enc := json.NewEncoder(os.Stdout)
	enc.SetEscapeHTML(false)
	for in.Scan() {
		var req request
		if err := json.Unmarshal(in.Bytes(), &req); err != nil {
			panic(err)
		}
		var err error
		switch req.Kind {
		case "crd":
			err = enc.Encode(checkSchema(req))
		case "admission":
			err = enc.Encode(evaluateAdmission(req))
		case "object":
			err = enc.Encode(validateObject(req))
		default:
			err = enc.Encode(run(req))
		}
		if err != nil {
			panic(err)
		}
	}
}
