// Answers JSON lines about custom resources with upstream's own code, for custom-resources.mjs to compare with ours.
// Each line of input is one question; each line of output its answer, in the same order.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sort"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	definitionvalidation "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apiextensions-apiserver/pkg/controller/openapi/builder"
	"k8s.io/apiextensions-apiserver/pkg/registry/customresource"
	"k8s.io/apiextensions-apiserver/pkg/registry/customresource/tableconvertor"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
)

type question struct {
	Op     string          `json:"op"`
	Schema json.RawMessage `json:"schema"`
	Object json.RawMessage `json:"object"`
	Old    json.RawMessage `json:"old"`
	Format string          `json:"format"`
	Text   string          `json:"text"`
	Stored bool            `json:"stored"`
	// The definition, for op openapi, table and strategy.
	Definition json.RawMessage `json:"definition"`
}

type answer struct {
	Object  any      `json:"object,omitempty"`
	Unknown []string `json:"unknown,omitempty"`
	Refused bool     `json:"refused,omitempty"`
	Faults  []string `json:"faults,omitempty"`
	Update  []string `json:"update,omitempty"`
	Status  []string `json:"status,omitempty"`
	Good    *bool    `json:"good,omitempty"`
	Error   string   `json:"error,omitempty"`
	V2      any      `json:"v2,omitempty"`
	V3      any      `json:"v3,omitempty"`
	Cells   any      `json:"cells,omitempty"`
	Before  any      `json:"before,omitempty"`
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func compile(raw json.RawMessage) (*structuralschema.Structural, *apiextensions.JSONSchemaProps) {
	external := &apiextensionsv1.JSONSchemaProps{}
	must(json.Unmarshal(raw, external))
	internal := &apiextensions.JSONSchemaProps{}
	must(apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(external, internal, nil))
	structural, err := structuralschema.NewStructural(internal)
	must(err)
	structural = structural.DeepCopy()
	must(defaulting.PruneDefaults(structural))
	return structural, internal
}

func object(raw json.RawMessage) map[string]interface{} {
	var found map[string]interface{}
	must(utiljson.Unmarshal(raw, &found))
	return found
}

func texts(errors field.ErrorList) []string {
	var found []string
	for _, err := range errors {
		found = append(found, fmt.Sprintf("%s %s: %s", string(err.Type), err.Field, err.ErrorBody()))
	}
	sort.Strings(found)
	return found
}

// What unstructuredSchemaCoercer does, by the same calls.
func read(q question) answer {
	structural, _ := compile(q.Schema)
	obj := object(q.Object)
	meta, found, unknown, err := objectmeta.GetObjectMetaWithOptions(obj, objectmeta.ObjectMetaOptions{
		DropMalformedFields: q.Stored, ReturnUnknownFieldPaths: true,
	})
	if err != nil {
		return answer{Refused: true}
	}
	options := structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
	unknown = append(unknown, pruning.PruneWithOptions(obj, structural, true, options)...)
	defaulting.PruneNonNullableNullsWithoutDefaults(obj, structural)
	fault, paths := objectmeta.CoerceWithOptions(nil, obj, structural, false, objectmeta.CoerceOptions{
		DropInvalidFields: q.Stored, ReturnUnknownFieldPaths: true,
	})
	if fault != nil {
		return answer{Refused: true}
	}
	unknown = append(unknown, paths...)
	if found {
		if q.Stored && meta.Generation == 0 {
			meta.Generation = 1
		}
		must(objectmeta.SetObjectMeta(obj, meta))
	}
	defaulting.Default(obj, structural)
	if q.Stored {
		// Nobody asks of what is stored, and the order is random.
		unknown = nil
	}
	return answer{Object: obj, Unknown: unknown}
}

func strategyParts(q question) (*unstructured.Unstructured, *unstructured.Unstructured, *apiextensionsv1.CustomResourceDefinition) {
	crd := &apiextensionsv1.CustomResourceDefinition{}
	must(json.Unmarshal(q.Definition, crd))
	obj := &unstructured.Unstructured{Object: object(q.Object)}
	var old *unstructured.Unstructured
	if len(q.Old) > 0 {
		old = &unstructured.Unstructured{Object: object(q.Old)}
	}
	return obj, old, crd
}

func validate(q question) answer {
	obj, old, crd := strategyParts(q)
	version := crd.Spec.Versions[0]
	raw, err := json.Marshal(version.Schema.OpenAPIV3Schema)
	must(err)
	structural, internal := compile(raw)
	validator, _, err := validation.NewSchemaValidator(internal)
	must(err)
	var status *apiextensions.CustomResourceSubresourceStatus
	var scale *apiextensions.CustomResourceSubresourceScale
	var statusValidator validation.SchemaValidator
	if version.Subresources != nil && version.Subresources.Status != nil {
		status = &apiextensions.CustomResourceSubresourceStatus{}
		if statusSchema, ok := internal.Properties["status"]; ok {
			statusValidator, _, err = validation.NewSchemaValidator(&statusSchema)
			must(err)
		}
	}
	if version.Subresources != nil && version.Subresources.Scale != nil {
		scale = &apiextensions.CustomResourceSubresourceScale{}
		must(apiextensionsv1.Convert_v1_CustomResourceSubresourceScale_To_apiextensions_CustomResourceSubresourceScale(version.Subresources.Scale, scale, nil))
	}
	kind := schema.GroupVersionKind{Group: crd.Spec.Group, Version: version.Name, Kind: crd.Spec.Names.Kind}
	strategy := customresource.NewStrategy(nil, false, kind, validator, statusValidator, structural, status, scale, nil)
	ctx := context.Background()
	result := answer{}
	if old == nil {
		strategy.PrepareForCreate(ctx, obj)
		result.Faults = texts(strategy.Validate(ctx, obj))
		result.Object = obj.Object
		return result
	}
	main := obj.DeepCopy()
	strategy.PrepareForUpdate(ctx, main, old)
	result.Object = main.Object
	result.Update = texts(strategy.ValidateUpdate(ctx, main, old))
	if status == nil {
		return result
	}
	forStatus := obj.DeepCopy()
	statusStrategy := customresource.NewStatusStrategy(strategy)
	statusStrategy.PrepareForUpdate(ctx, forStatus, old)
	result.Before = forStatus.Object
	result.Status = texts(statusStrategy.ValidateUpdate(ctx, forStatus, old))
	return result
}

func table(q question) answer {
	obj, _, crd := strategyParts(q)
	convertor, _ := tableconvertor.New(crd.Spec.Versions[0].AdditionalPrinterColumns)
	found, err := convertor.ConvertToTable(context.Background(), obj, nil)
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Cells: found.Rows[0].Cells}
}

func openapi(q question) answer {
	_, _, crd := strategyParts(q)
	name := crd.Spec.Versions[0].Name
	v2, err := builder.BuildOpenAPIV2(crd, name, builder.Options{V2: true, IncludeSelectableFields: true})
	must(err)
	v3, err := builder.BuildOpenAPIV3(crd, name, builder.Options{IncludeSelectableFields: true})
	must(err)
	return answer{V2: v2, V3: v3}
}

// What the strategy of definitions does, without their metadata: defaults, conversion, validation.
func definition(raw json.RawMessage) *apiextensions.CustomResourceDefinition {
	external := &apiextensionsv1.CustomResourceDefinition{}
	must(utiljson.Unmarshal(raw, external))
	apiextensionsv1.SetDefaults_CustomResourceDefinition(external)
	apiextensionsv1.SetDefaults_CustomResourceDefinitionSpec(&external.Spec)
	internal := &apiextensions.CustomResourceDefinition{}
	must(apiextensionsv1.Convert_v1_CustomResourceDefinition_To_apiextensions_CustomResourceDefinition(external, internal, nil))
	return internal
}

func validateDefinition(q question) answer {
	crd := definition(q.Definition)
	if len(q.Old) == 0 {
		return answer{Faults: texts(definitionvalidation.ValidateCustomResourceDefinition(context.Background(), crd))}
	}
	old := definition(q.Old)
	crd.ResourceVersion = "1"
	old.ResourceVersion = "1"
	return answer{Faults: texts(definitionvalidation.ValidateCustomResourceDefinitionUpdate(context.Background(), crd, old))}
}

func reply(q question) (result answer) {
	defer func() {
		if problem := recover(); problem != nil {
			result = answer{Error: fmt.Sprint(problem)}
		}
	}()
	switch q.Op {
	case "read":
		return read(q)
	case "validate":
		return validate(q)
	case "format":
		good := strfmt.Default.Validates(q.Format, q.Text)
		return answer{Good: &good}
	case "table":
		return table(q)
	case "openapi":
		return openapi(q)
	case "definition":
		return validateDefinition(q)
	}
	return answer{Error: "unknown op"}
}

func main() {
	input := bufio.NewReaderSize(os.Stdin, 1<<20)
	output := bufio.NewWriter(os.Stdout)
	defer output.Flush()
	for {
		line, err := input.ReadBytes('\n')
		if len(line) > 1 {
			q := question{}
			must(json.Unmarshal(line, &q))
			text, err := json.Marshal(reply(q))
			must(err)
			_, err = output.Write(append(text, '\n'))
			must(err)
		}
		if err != nil {
			return
		}
	}
}
