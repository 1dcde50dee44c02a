package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// keeper keeps each manifest that the registry accepts in a file of its own.
type keeper struct {
	images http.Handler
	dir    string
}

type manifest struct {
	Path        string `json:"path"`
	ContentType string `json:"contentType"`
	Body        []byte `json:"body"`
}

func (k *keeper) ServeHTTP(response http.ResponseWriter, request *http.Request) {
	if !strings.Contains(request.URL.Path, "/manifests/") {
		k.images.ServeHTTP(response, request)
		return
	}
	switch request.Method {
	case http.MethodPut:
		k.put(response, request)
	case http.MethodDelete:
		// Forgotten first, so that what was deleted never comes back.
		_ = os.Remove(k.file(request.URL.Path))
		k.images.ServeHTTP(response, request)
	default:
		k.images.ServeHTTP(response, request)
	}
}

func (k *keeper) put(response http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		http.Error(response, err.Error(), http.StatusBadRequest)
		return
	}
	sent := manifest{request.URL.Path, request.Header.Get("Content-Type"), body}
	answer := k.offer(sent)
	if answer.Code == http.StatusCreated {
		if err := k.save(sent); err != nil {
			http.Error(response, err.Error(), http.StatusInternalServerError)
			return
		}
	}
	for name, values := range answer.Header() {
		response.Header()[name] = values
	}
	response.WriteHeader(answer.Code)
	_, _ = answer.Body.WriteTo(response)
}

func (k *keeper) offer(sent manifest) *httptest.ResponseRecorder {
	request := httptest.NewRequest(http.MethodPut, sent.Path, bytes.NewReader(sent.Body))
	request.Header.Set("Content-Type", sent.ContentType)
	answer := httptest.NewRecorder()
	k.images.ServeHTTP(answer, request)
	return answer
}

func (k *keeper) save(sent manifest) error {
	text, err := json.Marshal(sent)
	if err != nil {
		return err
	}
	whole := k.file(sent.Path)
	unfinished := whole + ".unfinished"
	if err := os.WriteFile(unfinished, text, 0o644); err != nil {
		return err
	}
	return os.Rename(unfinished, whole)
}

func (k *keeper) file(path string) string {
	return filepath.Join(k.dir, url.QueryEscape(path)+".json")
}

// restore offers every kept manifest again, until a round brings nothing new:
// an index is refused as long as what it lists is not there.
func (k *keeper) restore() error {
	files, err := filepath.Glob(filepath.Join(k.dir, "*.json"))
	if err != nil {
		return err
	}
	for len(files) > 0 {
		refused := []string{}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			var kept manifest
			if err := json.Unmarshal(text, &kept); err != nil {
				return err
			}
			if k.offer(kept).Code != http.StatusCreated {
				refused = append(refused, file)
			}
		}
		if len(refused) == len(files) {
			return nil
		}
		files = refused
	}
	return nil
}
