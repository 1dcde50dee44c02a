package main

import (
	"bytes"
	"fmt"
	"log"
	"path"
	"time"

	"google.golang.org/protobuf/proto"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// aged is the only method whose answers can be made to tell of an older container.
const aged = "ContainerStatus"

// ages gives the rules by which answers to this method are changed. They are never used up.
func (b *book) ages(method string) []rule {
	if path.Base(method) != aged {
		return nil
	}
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.read()
	var ages []rule
	for _, rule := range b.rules {
		if rule.Action == age {
			ages = append(ages, rule)
		}
	}
	return ages
}

// older makes an answer say that its container runs, or ran, for longer, if a rule fits it. One that was started again
// keeps its times: it must not be older than the end of the one before.
func older(answer []byte, rules []rule) []byte {
	for _, rule := range rules {
		if !bytes.Contains(answer, []byte(rule.Match)) {
			continue
		}
		changed, err := move(answer, rule.Delay)
		if err != nil {
			log.Printf("age: %v", err)
			return answer
		}
		return changed
	}
	return answer
}

func move(answer []byte, by string) ([]byte, error) {
	length, err := time.ParseDuration(by)
	if err != nil {
		return nil, err
	}
	response := &cri.ContainerStatusResponse{}
	if err := proto.Unmarshal(answer, response); err != nil {
		return nil, fmt.Errorf("an answer that is none: %w", err)
	}
	container := response.GetStatus()
	if container.GetMetadata().GetAttempt() > 0 || container.GetStartedAt() == 0 {
		return answer, nil
	}
	container.CreatedAt -= length.Nanoseconds()
	container.StartedAt -= length.Nanoseconds()
	return proto.Marshal(response)
}
