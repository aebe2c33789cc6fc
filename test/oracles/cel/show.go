package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

func decode(raw json.RawMessage) any {
	var v any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		panic(err)
	}
	return numbers(v)
}

// numbers makes the numbers of decoded JSON what the API server makes them: int64 where possible, else float64.
func numbers(v any) any {
	switch t := v.(type) {
	case json.Number:
		if i, err := t.Int64(); err == nil {
			return i
		}
		f, _ := t.Float64()
		return f
	case map[string]any:
		for k, e := range t {
			t[k] = numbers(e)
		}
	case []any:
		for i, e := range t {
			t[i] = numbers(e)
		}
	}
	return v
}

// show prints a value in a form that the other side prints too.
func show(v ref.Val) string {
	switch t := v.(type) {
	case types.Null:
		return "null"
	case types.Bool:
		return strconv.FormatBool(bool(t))
	case types.Int:
		return strconv.FormatInt(int64(t), 10)
	case types.Uint:
		return strconv.FormatUint(uint64(t), 10) + "u"
	case types.Double:
		return "double(" + strconv.FormatFloat(float64(t), 'g', -1, 64) + ")"
	case types.String:
		b, _ := json.Marshal(string(t))
		return string(b)
	case types.Bytes:
		return fmt.Sprintf("bytes(%x)", []byte(t))
	case types.Duration:
		return "duration(" + strconv.FormatInt(int64(t.Duration), 10) + ")"
	case types.Timestamp:
		return "timestamp(" + t.Time.UTC().Format(time.RFC3339Nano) + ")"
	case *types.Optional:
		if t.HasValue() {
			return "optional(" + show(t.GetValue()) + ")"
		}
		return "optional()"
	case *types.Type:
		return "type(" + t.TypeName() + ")"
	case traits.Lister:
		parts := []string{}
		for it := t.Iterator(); it.HasNext() == types.True; {
			parts = append(parts, show(it.Next()))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case traits.Mapper:
		parts := []string{}
		for it := t.Iterator(); it.HasNext() == types.True; {
			k := it.Next()
			parts = append(parts, show(k)+": "+show(t.Get(k)))
		}
		sort.Strings(parts)
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return v.Type().TypeName()
}
