package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/driver/trust/policy"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// newOCIStore makes a store with an image of two layers, whose ID is the digest of a configuration with
// that label.
func newOCIStore(t *testing.T, label string) (root, id string) {
	t.Helper()
	root = newStore(t,
		layertest.Tar(layertest.Dir("usr"), layertest.File("usr/f", strings.Repeat("f", 5000)), layertest.Dir("run"), layertest.File("run/x", "x"), layertest.Dir("boot"), layertest.File("boot/vmlinuz", "k"), layertest.Dir("sysroot")),
		layertest.Tar(layertest.File("usr/g", strings.Repeat("g", 100)).Xattr("user.a", "1")))
	config := `{"config": {"Labels": {"containers.composefs.fsverity": "` + label + `"}}}`
	sum := sha256.Sum256([]byte(config))
	id = hex.EncodeToString(sum[:])
	writeText(t, filepath.Join(root, "overlay-images/images.json"), `[{"id": "`+id+`", "names": ["localhost/app:latest"], "layer": "layer1"}]`)
	writeBig(t, root, id, "sha256:"+id, config)
	return root, id
}

func writeText(t *testing.T, name, text string) {
	t.Helper()
	mkdir(t, filepath.Dir(name))
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func writeBig(t *testing.T, root, id, key, text string) {
	t.Helper()
	writeText(t, filepath.Join(root, "overlay-images", id, "="+base64.StdEncoding.EncodeToString([]byte(key))), text)
}

// TestDigestImage prints the digests of a container image, and compares them with those
// of its layer images, and of what inspect says.
func TestDigestImage(t *testing.T) {
	needs.Root(t)
	root, id := newOCIStore(t, "")
	blobs := []string{filepath.Join(root, "overlay/layer0/composefs-data/composefs.blob"), filepath.Join(root, "overlay/layer1/composefs-data/composefs.blob")}
	line := func(args ...string) string { return strings.TrimSpace(call(t, append([]string{"digest"}, args...)...)) }

	runtime := line("app")
	if want := inspectMerged(t).Digest; runtime != want || line("--root", root, id[:12]) != want {
		t.Errorf("digest %s, inspect says %s", runtime, want)
	}
	if got, want := line("app", "localhost/app"), runtime+"  app\n"+runtime+"  localhost/app"; got != want {
		t.Errorf("of two: %s", got)
	}
	for _, format := range []string{"v1-sha256-12", "v1-sha512-12"} {
		oci := line("--oci", "--format", format, "app")
		if ofLayers := line(append([]string{"--oci", "--format", format}, blobs...)...); oci != ofLayers || oci == runtime {
			t.Errorf("%s: %s, of the layers %s", format, oci, ofLayers)
		}
		bootable := line("--bootable", "--format", format, "app")
		if ofLayers := line(append([]string{"--bootable", "--format", format}, blobs...)...); bootable != ofLayers || bootable == oci {
			t.Errorf("%s: bootable %s, of the layers %s", format, bootable, ofLayers)
		}
		key := "composefs.merged.erofs.v1.fsverity-" + format[3:]
		if got := line("--oci", "--annotations", "--format", format, "app"); got != key+"="+oci {
			t.Errorf("annotation %s", got)
		}
		if got := line("--oci", "--json", "--format", format, "app"); !strings.Contains(got, `"annotation": "`+key+`"`) || !strings.Contains(got, `"image": "`+id+`"`) {
			t.Errorf("json %s", got)
		}
		if got := line("--oci", "--keep-user-xattrs", "--format", format, "app"); got == oci {
			t.Error("with user.* too: the same")
		}
		entry := call(t, "digest", "--policy", "--oci", "--bootable", "--format", format, "app")
		list, err := policy.Parse("p", []byte(entry))
		if err != nil || len(list) != 1 || list[0].Config != id || list[0].Merged.String() != runtime || list[0].OCI != oci || list[0].Bootable != bootable || !strings.HasPrefix(entry, "# localhost/app:latest\n") {
			t.Errorf("policy %s: %v", entry, err)
		}
	}
	want := fmt.Sprintf("# localhost/app:latest\n[[image]]\nconfig = \"sha256:%s\"\nmerged = %q\n", id, runtime)
	if got := call(t, "digest", "--policy", "app"); got != want {
		t.Errorf("policy:\n%swant\n%s", got, want)
	}
}

// TestDigestImageMistakes are those in the command line.
func TestDigestImageMistakes(t *testing.T) {
	needs.Root(t)
	newOCIStore(t, "")
	for command, want := range map[string]string{
		"digest nothing":                   `error: open nothing: no such file, and "nothing": no such image`,
		"digest --format=v2 --oci x":       `error: unknown format "v2": v1-sha256-12 and v1-sha512-12 are possible`,
		"digest --annotations app":         "error: --keep-user-xattrs and --annotations work with --oci only",
		"digest --format=v1-sha512-12 app": "error: --format works with --oci and --bootable only",
		"digest --oci --bootable app":      "error: --oci and --bootable together work with --policy only",
		"digest --policy /dev/null":        "error: --policy works with container images only, and /dev/null is a file",
	} {
		var out, complaints bytes.Buffer
		if code := run(append([]string{"composefs-storage"}, strings.Fields(command)...), streams{nil, &out, &complaints}); code == exitOK || out.Len() > 0 || !strings.HasPrefix(complaints.String(), want+"\n") {
			t.Errorf("%s: exit code %d, %s%s", command, code, &out, &complaints)
		}
	}
}

// TestInspectStated compares annotations and a label with the digests that there are.
func TestInspectStated(t *testing.T) {
	needs.Root(t)
	newOCIStore(t, "")
	oci := strings.TrimSpace(call(t, "digest", "--oci", "app"))
	long := strings.TrimSpace(call(t, "digest", "--oci", "--format=v1-sha512-12", "app"))
	const key = "composefs.merged.erofs.v1.fsverity-"
	for _, tc := range []struct{ label, annotation, annotation512, want string }{
		{"", oci, long, key + "sha256-12 match " + key + "sha512-12 match"},
		{oci, "", "", legacyLabel + " match"},
		{"sha512:" + long, "", "", legacyLabel + " match"},
		{strings.Repeat("0", 64), strings.Repeat("0", 64), "x", key + "sha256-12 MISMATCH " + key + "sha512-12 MISMATCH " + legacyLabel + " " + resultUnknown},
		{"other", "", "", ""},
	} {
		root, id := newOCIStore(t, tc.label)
		if tc.annotation != "" {
			manifest := fmt.Sprintf(`{"config": {"digest": "sha256:%s"}, "annotations": {%q: %q, %q: %q}}`, id, key+"sha256-12", tc.annotation, key+"sha512-12", tc.annotation512)
			sum := sha256.Sum256([]byte(manifest))
			digest := "sha256:" + hex.EncodeToString(sum[:])
			writeBig(t, root, id, "manifest-"+digest, manifest)
			writeText(t, filepath.Join(root, "overlay-images/images.json"), fmt.Sprintf(`[{"id": %q, "names": ["localhost/app:latest"], "layer": "layer1", "digest": %q}]`, id, digest))
		}
		var i inspected
		if err := json.Unmarshal([]byte(call(t, "inspect", "--json", "app")), &i); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, st := range i.Stated {
			got = append(got, st.Key, st.Result)
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%+v: %q", tc, got)
		}
		text := call(t, "inspect", "app")
		if strings.Contains(text, "stated:") != (tc.want != "") || strings.Contains(text, "MISMATCH") != strings.Contains(tc.want, "MISMATCH") {
			t.Errorf("%+v: %s", tc, text)
		}
	}
}
