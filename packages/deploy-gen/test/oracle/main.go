// Judges generated files with the parsers of those who will read them: compose-spec's own library, and the strict
// decoder and name rules of the Kubernetes API. One JSON object a line in, one a line out.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	strict "k8s.io/apimachinery/pkg/runtime/serializer/json"
	utilvalidation "k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

type question struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
	// The folder that a compose file lies in.
	Folder string `json:"folder"`
}

type answer struct {
	Error  string `json:"error,omitempty"`
	Result any    `json:"result,omitempty"`
}

func main() {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{appsv1.AddToScheme, autoscalingv2.AddToScheme, corev1.AddToScheme} {
		if err := add(scheme); err != nil {
			panic(err)
		}
	}
	decoder := strict.NewSerializerWithOptions(strict.DefaultMetaFactory, scheme, scheme,
		strict.SerializerOptions{Yaml: true, Strict: true})
	questions := json.NewDecoder(bufio.NewReaderSize(os.Stdin, 1<<20))
	answers := json.NewEncoder(os.Stdout)
	answers.SetEscapeHTML(false)
	for {
		var q question
		if err := questions.Decode(&q); err != nil {
			return
		}
		var result any
		var err error
		if q.Kind == "compose" {
			result, err = compose(q)
		} else {
			result, err = kubernetes(decoder, q)
		}
		if err != nil {
			_ = answers.Encode(answer{Error: err.Error()})
		} else {
			_ = answers.Encode(answer{Result: result})
		}
	}
}

// The project as docker compose would run it. HOME is set so that a dollar sign that is not doubled shows.
func compose(q question) (any, error) {
	return loader.LoadWithContext(context.Background(), types.ConfigDetails{
		WorkingDir:  q.Folder,
		ConfigFiles: []types.ConfigFile{{Filename: q.Folder + "/compose.yaml", Content: []byte(q.Text)}},
		Environment: types.Mapping{"HOME": "/expanded", "x": "expanded", "y": "expanded"},
	}, func(options *loader.Options) {
		options.SetProjectName(strings.ToLower("fallback"), false)
	})
}

func kubernetes(decoder runtime.Decoder, q question) (any, error) {
	object, _, err := decoder.Decode([]byte(q.Text), nil, nil)
	if err != nil {
		return nil, err
	}
	var problems field.ErrorList
	meta := func(object *metav1.ObjectMeta, name validation.ValidateNameFunc) {
		copied := object.DeepCopy()
		if copied.Namespace == "" {
			copied.Namespace = "default"
		}
		problems = append(problems, validation.ValidateObjectMeta(copied, true, name, field.NewPath("metadata"))...)
	}
	say := func(path string, messages []string) {
		for _, message := range messages {
			problems = append(problems, field.Invalid(field.NewPath(path), "", message))
		}
	}
	switch o := object.(type) {
	case *corev1.ConfigMap:
		meta(&o.ObjectMeta, validation.NameIsDNSSubdomain)
		for key := range o.Data {
			say("data."+key, utilvalidation.IsConfigMapKey(key))
		}
	case *corev1.Secret:
		meta(&o.ObjectMeta, validation.NameIsDNSSubdomain)
		for key := range o.StringData {
			say("stringData."+key, utilvalidation.IsConfigMapKey(key))
		}
	case *corev1.Service:
		meta(&o.ObjectMeta, validation.NameIsDNS1035Label)
		ports := map[int32]bool{}
		for _, port := range o.Spec.Ports {
			say("ports.name", utilvalidation.IsValidPortName(port.Name))
			say("ports.port", utilvalidation.IsValidPortNum(int(port.Port)))
			if ports[port.Port] {
				say("ports.port", []string{"given twice"})
			}
			ports[port.Port] = true
		}
	case *autoscalingv2.HorizontalPodAutoscaler:
		meta(&o.ObjectMeta, validation.NameIsDNSSubdomain)
		if o.Spec.MinReplicas == nil || *o.Spec.MinReplicas < 1 || o.Spec.MaxReplicas < *o.Spec.MinReplicas {
			say("spec", []string{"minReplicas and maxReplicas do not go together"})
		}
	case *appsv1.Deployment:
		meta(&o.ObjectMeta, validation.NameIsDNSSubdomain)
		pod := o.Spec.Template
		template := pod.ObjectMeta
		template.Name = "pod"
		meta(&template, validation.NameIsDNSSubdomain)
		selector, err := metav1.LabelSelectorAsSelector(o.Spec.Selector)
		if err != nil {
			return nil, err
		}
		if selector.Empty() || !labelsMatch(o.Spec.Selector.MatchLabels, pod.Labels) {
			say("spec.selector", []string{"does not select the pods of the template"})
		}
		volumes := map[string]bool{}
		for _, volume := range pod.Spec.Volumes {
			say("volumes.name", utilvalidation.IsDNS1123Label(volume.Name))
			volumes[volume.Name] = true
		}
		for _, container := range pod.Spec.Containers {
			say("containers.name", utilvalidation.IsDNS1123Label(container.Name))
			for _, variable := range container.Env {
				say("env.name", utilvalidation.IsEnvVarName(variable.Name))
			}
			names, numbers := map[string]bool{}, map[int32]bool{}
			for _, port := range container.Ports {
				say("ports.name", utilvalidation.IsValidPortName(port.Name))
				say("ports.containerPort", utilvalidation.IsValidPortNum(int(port.ContainerPort)))
				if names[port.Name] || numbers[port.ContainerPort] {
					say("ports", []string{"given twice"})
				}
				names[port.Name], numbers[port.ContainerPort] = true, true
			}
			paths := map[string]bool{}
			for _, mount := range container.VolumeMounts {
				if !volumes[mount.Name] {
					say("volumeMounts.name", []string{"no volume of the name " + mount.Name})
				}
				if mount.MountPath == "" || strings.Contains(mount.MountPath, ":") {
					say("volumeMounts.mountPath", []string{"must not be empty or hold a colon: " + mount.MountPath})
				}
				if strings.HasPrefix(mount.SubPath, "/") || hasBackstep(mount.SubPath) {
					say("volumeMounts.subPath", []string{"must be relative and go down only: " + mount.SubPath})
				}
				if paths[mount.MountPath] {
					say("volumeMounts.mountPath", []string{"given twice: " + mount.MountPath})
				}
				paths[mount.MountPath] = true
			}
		}
	default:
		return nil, fmt.Errorf("an object that was not expected: %T", object)
	}
	if len(problems) > 0 {
		return nil, errors.New(problems.ToAggregate().Error())
	}
	return object, nil
}

func labelsMatch(wanted, labels map[string]string) bool {
	for name, value := range wanted {
		if labels[name] != value {
			return false
		}
	}
	return true
}

func hasBackstep(path string) bool {
	for _, step := range strings.Split(path, "/") {
		if step == ".." {
			return true
		}
	}
	return false
}
