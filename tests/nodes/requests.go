//go:build linux

package nodes

// Object is a JSON object.
type Object = map[string]any

// HostNetwork is the security context of pods and their containers: the network of the node (NODE), and processes of
// their own (CONTAINER), so that a pod needs no container for itself.
var HostNetwork = Object{"namespace_options": Object{"network": 2, "pid": 1}}

// Pod is the request for a pod, as crictl reads it. Logs of its containers are in a directory.
func Pod(name, logs string, security Object) Object {
	return Object{
		"metadata":      Object{"name": name, "uid": name, "namespace": "default", "attempt": 0},
		"log_directory": logs,
		"linux":         Object{"cgroup_parent": "/pods", "security_context": security},
	}
}

// Container is the request for a container that sleeps until it is asked to end.
func Container(name, image string, security Object, mounts ...Object) Object {
	return Object{
		"metadata": Object{"name": name},
		"image":    Object{"image": image},
		"command":  []string{"sh", "-c", `trap "exit 0" TERM; while :; do sleep 1 & wait; done`},
		"log_path": name + ".log",
		"mounts":   mounts,
		"linux":    Object{"security_context": security},
	}
}
