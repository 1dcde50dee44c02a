package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
)

const (
	delay = "delay"
	hang  = "hang"
	fail  = "fail"
	age   = "age"
)

// rule says what happens to the calls it fits.
type rule struct {
	// Method is the bare (RunPodSandbox) or full (runtime.v1.RuntimeService/RunPodSandbox) name; * stands for any part.
	Method string `json:"method"`
	// Action is delay, hang, fail or age.
	Action string `json:"action"`
	// Delay is how long a delayed call is held, or how much longer ago a container was started, as 1m30s.
	Delay string `json:"delay,omitempty"`
	// Code is the gRPC code of a failed call, as DeadlineExceeded; Unknown if there is none.
	Code string `json:"code,omitempty"`
	// Message is the text of a failed call.
	Message string `json:"message,omitempty"`
	// Match is text that the request must hold; for age, the answer.
	Match string `json:"match,omitempty"`
	// Times is how many calls the rule is good for; 0 stands for all.
	Times int `json:"times,omitempty"`
}

func (r rule) fits(method string, request []byte) bool {
	full := strings.TrimPrefix(method, "/")
	wanted := strings.TrimPrefix(r.Method, "/")
	bare, _ := path.Match(wanted, path.Base(full))
	whole, _ := path.Match(wanted, full)
	return (bare || whole) && bytes.Contains(request, []byte(r.Match))
}

func (r rule) check() error {
	if _, err := path.Match(r.Method, ""); err != nil || r.Method == "" {
		return fmt.Errorf("method %q is not a name", r.Method)
	}
	if r.Times < 0 {
		return fmt.Errorf("times %d is below 0", r.Times)
	}
	switch r.Action {
	case age:
		if r.Method != aged || r.Times > 0 {
			return fmt.Errorf("only all answers to %s can be aged", aged)
		}
		_, err := time.ParseDuration(r.Delay)
		return err
	case delay:
		_, err := time.ParseDuration(r.Delay)
		return err
	case hang:
		return nil
	case fail:
		_, err := code(r.Code)
		return err
	}
	return fmt.Errorf("action %q is none of delay, hang, fail, age", r.Action)
}

// code finds a gRPC code by the name that errors print it with.
func code(name string) (codes.Code, error) {
	if name == "" {
		return codes.Unknown, nil
	}
	for found := codes.Canceled; found <= codes.Unauthenticated; found++ {
		if found.String() == name {
			return found, nil
		}
	}
	return codes.Unknown, fmt.Errorf("code %q is no gRPC error code", name)
}

func parse(text []byte) ([]rule, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, nil
	}
	var rules []rule
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&rules); err != nil {
		return nil, err
	}
	for number, rule := range rules {
		if err := rule.check(); err != nil {
			return nil, fmt.Errorf("rule %d: %w", number+1, err)
		}
	}
	return rules, nil
}

// book is the rules file as it is now, and how often each rule was used.
type book struct {
	file  string
	mutex sync.Mutex
	text  []byte
	rules []rule
	used  []int
}

// take finds the first rule that fits and is not used up, and counts its use.
func (b *book) take(method string, request []byte) (rule, bool) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.read()
	for number, rule := range b.rules {
		if rule.Action != age && rule.fits(method, request) && (rule.Times == 0 || b.used[number] < rule.Times) {
			b.used[number]++
			return rule, true
		}
	}
	return rule{}, false
}

// holds tells whether the file still has this rule.
func (b *book) holds(wanted rule) bool {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.read()
	for _, rule := range b.rules {
		if rule == wanted {
			return true
		}
	}
	return false
}

// read takes over the file if it changed. The former rules stay while the
// file cannot be understood, for it may be half written.
func (b *book) read() {
	text, err := os.ReadFile(b.file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		log.Printf("rules: %v", err)
		return
	}
	if bytes.Equal(text, b.text) {
		return
	}
	b.text = text
	rules, err := parse(text)
	if err != nil {
		log.Printf("rules: %s: %v; the former rules stay", b.file, err)
		return
	}
	b.rules, b.used = rules, make([]int, len(rules))
	log.Printf("rules: %d from %s", len(rules), b.file)
}
