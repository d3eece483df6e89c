package wechatpay

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/friendpay/friendpay/providers"
)

// codes of WeChat's server API, which answers 200 whatever it says.
var (
	staleToken = []int{40001, 40014, 41001, 42001}        // a new one helps
	notReached = []int{40003, 43004, 43019, 43101, 50005} // unknown, follows nobody, refused, blocked
	busyThere  = []int{-1, 45009, 45011, 45047}
)

// said is an answer of that API, good or bad.
type said struct {
	Code    int    `json:"errcode"`
	Token   string `json:"access_token"`
	Expires int64  `json:"expires_in"` // seconds
}

// SendMessage sends a template message to who follows the app's account. WeChat takes an id once within ten
// minutes. There is no address in it: it leads nowhere.
func (a *Adapter) SendMessage(ctx context.Context, message providers.Message) error {
	if a.AppSecret == "" {
		return unreachable("NO_SECRET")
	}
	ctx, cancel := context.WithTimeout(ctx, a.patience)
	defer cancel()
	fields := map[string]map[string]string{}
	for name, value := range message.Fields {
		fields[name] = map[string]string{"value": value}
	}
	body := map[string]any{
		"touser": message.Subject, "template_id": message.Template, "data": fields,
		"client_msg_id": brief(message.ID),
	}
	for fresh := false; ; fresh = true {
		token, err := shelf.token(a).get(ctx, fresh, a.fetchToken)
		if err != nil {
			return err
		}
		answer, err := a.ask(ctx, "/cgi-bin/message/template/send?access_token="+url.QueryEscape(token), body)
		if err != nil {
			return err
		}
		if slices.Contains(staleToken, answer.Code) && !fresh {
			continue
		}
		return answer.err()
	}
}

// brief is an id of ours in the 32 characters that there is room for.
func brief(id string) string {
	_, id, _ = strings.Cut(id, "_")
	return strings.ReplaceAll(id, "-", "")
}

// fetchToken asks for the token that all of the app's servers share; forced it replaces one that WeChat
// does not believe any more.
func (a *Adapter) fetchToken(ctx context.Context, forced bool) (said, error) {
	answer, err := a.ask(ctx, "/cgi-bin/stable_token", map[string]any{
		"grant_type": "client_credential", "appid": a.AppID, "secret": a.AppSecret, "force_refresh": forced,
	})
	switch {
	case err != nil:
		return said{}, err
	case answer.Code != 0:
		return said{}, answer.err()
	case answer.Token == "" || answer.Expires <= 0:
		return said{}, odd("message", "the answer has no token")
	default:
		return answer, nil
	}
}

// ask posts to the server API. The address holds the token, so that no error names it.
func (a *Adapter) ask(ctx context.Context, path string, body any) (answer said, err error) {
	text, err := json.Marshal(body)
	if err != nil {
		return said{}, definite("message", "REQUEST", "the message cannot be written")
	}
	address := a.oauthAPI.String() + path
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(text))
	if err != nil {
		return said{}, definite("message", "REQUEST", "the address cannot be called")
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := a.login.Do(request)
	if err != nil {
		return said{}, noAnswer(ctx, "message", err)
	}
	defer response.Body.Close()
	read, err := peek(response)
	if err != nil {
		return said{}, noAnswer(ctx, "message", err)
	}
	if response.StatusCode != http.StatusOK || json.Unmarshal(read, &answer) != nil {
		return said{}, odd("message", "status "+strconv.Itoa(response.StatusCode)+" or no JSON")
	}
	return answer, nil
}

// err is what an answer means.
func (s said) err() error {
	code := strconv.Itoa(s.Code)
	switch {
	case s.Code == 0:
		return nil
	case slices.Contains(notReached, s.Code):
		return unreachable(code)
	case slices.Contains(busyThere, s.Code), slices.Contains(staleToken, s.Code):
		return &providers.Error{Class: providers.Refused, Op: "message", Code: code, Message: "not now"}
	default: // a template, a secret, a right: somebody has to put it right
		return definite("message", code, "refused")
	}
}

func unreachable(code string) error {
	return &providers.Error{
		Class: providers.Definite, Op: "message", Code: code, Err: providers.ErrUnreachable,
		Message: "this person gets no messages here",
	}
}
