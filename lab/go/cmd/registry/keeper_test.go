package main

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

func start(t *testing.T, dir string) *httptest.Server {
	t.Helper()
	handler, err := newHandler(dir)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

func reference(t *testing.T, server *httptest.Server, image string) name.Reference {
	t.Helper()
	found, err := name.ParseReference(strings.TrimPrefix(server.URL, "http://") + "/" + image)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestImagesAndIndexesOutliveTheProcess(t *testing.T) {
	dir := t.TempDir()
	image, err := random.Image(1000, 2)
	if err != nil {
		t.Fatal(err)
	}
	index, err := random.Index(1000, 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	first := start(t, dir)
	if err := remote.Write(reference(t, first, "lab/app:v1"), image); err != nil {
		t.Fatal(err)
	}
	if err := remote.WriteIndex(reference(t, first, "lab/app:all"), index); err != nil {
		t.Fatal(err)
	}
	first.Close()

	second := start(t, dir)
	pulled, err := remote.Image(reference(t, second, "lab/app:v1"))
	if err != nil {
		t.Fatal(err)
	}
	want, _ := image.Digest()
	if got, _ := pulled.Digest(); got != want {
		t.Errorf("pulled %s, pushed %s", got, want)
	}
	layers, err := pulled.Layers()
	if err != nil || len(layers) != 2 {
		t.Fatalf("layers %v, error %v", layers, err)
	}
	if _, err := layers[0].Compressed(); err != nil {
		t.Error(err)
	}
	if _, err := remote.Index(reference(t, second, "lab/app:all")); err != nil {
		t.Error(err)
	}
}

func TestWhatIsDeletedStaysDeleted(t *testing.T) {
	dir := t.TempDir()
	image, err := random.Image(10, 1)
	if err != nil {
		t.Fatal(err)
	}
	first := start(t, dir)
	tag := reference(t, first, "lab/app:v1")
	if err := remote.Write(tag, image); err != nil {
		t.Fatal(err)
	}
	if err := remote.Delete(tag); err != nil {
		t.Fatal(err)
	}
	if _, err := remote.Head(reference(t, start(t, dir), "lab/app:v1")); err == nil {
		t.Error("a deleted tag came back")
	}
}
