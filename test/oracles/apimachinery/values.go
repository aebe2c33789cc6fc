// Quantities and selectors.
package main

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	utiljson "k8s.io/apimachinery/pkg/util/json"
)

// Parses texts; of two it compares and adds too.
func quantity(q question) answer {
	first, err := resource.ParseQuantity(q.Text)
	if err != nil {
		return answer{Error: err.Error()}
	}
	second, err := resource.ParseQuantity(q.Other)
	if err != nil {
		return answer{Error: err.Error()}
	}
	result := answer{Text: first.String(), Format: string(first.Format), Compared: first.Cmp(second)}
	// What overflows, and how less than nothing is rounded, depends on how upstream holds the number.
	if first.Sign() >= 0 && first.CmpInt64(1<<40) <= 0 {
		result.Value, result.Milli = first.Value(), first.MilliValue()
	}
	sum := first.DeepCopy()
	sum.Add(second)
	result.Sum = sum.String()
	return result
}

func matches(selector labels.Selector, sets []map[string]string) []bool {
	found := []bool{}
	for _, set := range sets {
		found = append(found, selector.Matches(labels.Set(set)))
	}
	return found
}

func labelText(q question) answer {
	selector, err := labels.Parse(q.Text)
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Text: selector.String(), Matches: matches(selector, q.Sets)}
}

func labelObject(q question) answer {
	object := &metav1.LabelSelector{}
	must(utiljson.Unmarshal(q.Object, object))
	selector, err := metav1.LabelSelectorAsSelector(object)
	if err != nil {
		return answer{Error: err.Error(), Text: metav1.FormatLabelSelector(object)}
	}
	return answer{Text: metav1.FormatLabelSelector(object), Matches: matches(selector, q.Sets)}
}

func fieldText(q question) answer {
	selector, err := fields.ParseSelector(q.Text)
	if err != nil {
		return answer{Error: err.Error()}
	}
	found := []bool{}
	for _, set := range q.Sets {
		found = append(found, selector.Matches(fields.Set(set)))
	}
	return answer{Text: selector.String(), Matches: found}
}
