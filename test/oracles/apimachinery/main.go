// Answers JSON lines about patches, quantities and selectors with upstream's own code, for apimachinery.mjs to compare with
// ours. Each line of input is one question; each line of output its answer, in the same order.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

type question struct {
	Op     string              `json:"op"`
	Type   string              `json:"type"`
	Object json.RawMessage     `json:"object"`
	Patch  json.RawMessage     `json:"patch"`
	Text   string              `json:"text"`
	Other  string              `json:"other"`
	Sets   []map[string]string `json:"sets"`
}

type answer struct {
	Error string `json:"error,omitempty"`
	// All that may be answered instead.
	Others   []answer `json:"others,omitempty"`
	Object   any      `json:"object,omitempty"`
	Text     string   `json:"text,omitempty"`
	Format   string   `json:"format,omitempty"`
	Value    int64    `json:"value,string,omitempty"`
	Milli    int64    `json:"milli,string,omitempty"`
	Sum      string   `json:"sum,omitempty"`
	Compared int      `json:"compared,omitempty"`
	Matches  []bool   `json:"matches,omitempty"`
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func reply(q question) (result answer) {
	defer func() {
		if problem := recover(); problem != nil {
			result = answer{Error: fmt.Sprint("panic: ", problem)}
		}
	}()
	switch q.Op {
	case "strategic":
		return strategic(q)
	case "merge":
		return merge(q)
	case "json":
		return jsonPatch(q)
	case "quantity":
		return quantity(q)
	case "labels":
		return labelText(q)
	case "label object":
		return labelObject(q)
	case "fields":
		return fieldText(q)
	}
	return answer{Error: "unknown op"}
}

func main() {
	input := bufio.NewReaderSize(os.Stdin, 1<<20)
	output := bufio.NewWriter(os.Stdout)
	defer output.Flush()
	encoder := json.NewEncoder(output)
	encoder.SetEscapeHTML(false)
	for {
		line, err := input.ReadBytes('\n')
		if len(line) > 1 {
			q := question{}
			must(json.Unmarshal(line, &q))
			must(encoder.Encode(reply(q)))
		}
		if err != nil {
			return
		}
	}
}
