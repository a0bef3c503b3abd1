{{- define "dormouse.name" -}}
{{- if .Values.nameOverride -}}
{{- .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "dormouse.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "dormouse.labels" -}}
{{ include "dormouse.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- /* What contradicts itself is refused, with the reason. */ -}}
{{- define "dormouse.check" -}}
{{- $values := .Values -}}
{{- if eq .Values.kind "DaemonSet" -}}
{{- range tuple "RECORD_COMMENT" "MANAGED_RECORDS_COMMENT_REGEX" "WAF_LIST_ITEM_COMMENT" "MANAGED_WAF_LIST_ITEMS_COMMENT_REGEX" "GATEWAY_LIST_ITEM_DESCRIPTION" "MANAGED_GATEWAY_LIST_ITEMS_DESCRIPTION_REGEX" -}}
{{- if hasKey $values.settings . -}}
{{- fail (printf "settings.%s: with kind: DaemonSet the chart sets it, for each node its own; see fleet.owner" .) -}}
{{- end -}}
{{- end -}}
{{- range tuple "GATEWAY_LOCATIONS" "ACCESS_GROUPS" "LOAD_BALANCER_ORIGINS" "SPF_DOMAINS" -}}
{{- if get $values.settings . -}}
{{- fail (printf "settings.%s: nothing there tells one node's address from another's, so the nodes would replace each other's; use kind: Deployment" .) -}}
{{- end -}}
{{- end -}}
{{- else if .Values.cleanup.nodes -}}
{{- fail "cleanup.nodes: only with kind: DaemonSet the nodes have records of their own" -}}
{{- end -}}
{{- if eq .Values.kind "CronJob" -}}
{{- if eq (toString (get .Values.settings "DELETE_ON_STOP")) "true" -}}
{{- fail "settings.DELETE_ON_STOP: with kind: CronJob each round is followed by a stop, which would delete its records" -}}
{{- end -}}
{{- if .Values.metrics.enabled -}}
{{- fail "metrics.enabled: with kind: CronJob nothing is left running that could serve them" -}}
{{- end -}}
{{- end -}}
{{- if and .Values.metrics.podMonitor.enabled (not .Values.metrics.enabled) -}}
{{- fail "metrics.podMonitor.enabled: there is nothing to scrape without metrics.enabled" -}}
{{- end -}}
{{- $wanted := "" -}}
{{- range tuple "DOMAINS" "IP4_DOMAINS" "IP6_DOMAINS" "WAF_LISTS" "GATEWAY_LOCATIONS" "GATEWAY_LISTS" "ACCESS_GROUPS" "LOAD_BALANCER_ORIGINS" "SPF_DOMAINS" -}}
{{- if get $values.settings . -}}{{- $wanted = . -}}{{- end -}}
{{- end -}}
{{- if not $wanted -}}
{{- fail "settings: there is nothing to look after; set settings.DOMAINS" -}}
{{- end -}}
{{- end -}}

{{- /* How a node knows its records; Kubernetes puts the name in. A dot in it means a dot: \Q and \E quote it. */ -}}
{{- define "dormouse.comment" }}{{ .Values.fleet.owner }}/$(NODE_NAME){{ end -}}
{{- define "dormouse.regex" }}^{{ regexQuoteMeta .Values.fleet.owner }}/\Q$(NODE_NAME)\E${{ end -}}

{{- /* The environment. node: of another one; comment, regex: how what is ours is known, in a fleet; metrics: or not. */ -}}
{{- define "dormouse.env" -}}
{{- $settings := .root.Values.settings -}}
{{- if .node -}}
- {name: NODE_NAME, value: {{ .node | quote }}}
{{- else -}}
- name: NODE_NAME
  valueFrom: {fieldRef: {fieldPath: spec.nodeName}}
{{- end }}
- {name: CLOUDFLARE_API_TOKEN_FILE, value: /run/secrets/ddns/token}
{{- if .comment }}
- {name: RECORD_COMMENT, value: {{ .comment | quote }}}
- {name: MANAGED_RECORDS_COMMENT_REGEX, value: {{ .regex | quote }}}
{{- if get $settings "WAF_LISTS" }}
- {name: WAF_LIST_ITEM_COMMENT, value: {{ .comment | quote }}}
- {name: MANAGED_WAF_LIST_ITEMS_COMMENT_REGEX, value: {{ .regex | quote }}}
{{- end }}
{{- if get $settings "GATEWAY_LISTS" }}
- {name: GATEWAY_LIST_ITEM_DESCRIPTION, value: {{ .comment | quote }}}
- {name: MANAGED_GATEWAY_LIST_ITEMS_DESCRIPTION_REGEX, value: {{ .regex | quote }}}
{{- end }}
{{- if not (hasKey $settings "DELETE_ON_STOP") }}
- {name: DELETE_ON_STOP, value: "true"}
{{- end }}
{{- end }}
{{- if .metrics }}
- {name: METRICS_FILE, value: /run/ddns/dormouse.prom}
{{- end }}
{{- range $name, $value := $settings }}
{{- $text := kindIs "slice" $value | ternary (join "," (kindIs "slice" $value | ternary $value list)) (toString $value) }}
{{- if and $text (not (kindIs "invalid" $value)) }}
- {name: {{ $name }}, value: {{ $text | quote }}}
{{- end }}
{{- end }}
{{- range $name, $value := .root.Values.system }}
{{- if $value }}
- {name: {{ $name }}, value: {{ $value | quote }}}
{{- end }}
{{- end }}
{{- range $name, $from := .root.Values.secretSettings }}
- name: {{ $name }}
  valueFrom: {secretKeyRef: {name: {{ $from.secret | quote }}, key: {{ $from.key | quote }}}}
{{- end }}
{{- end -}}

{{- define "dormouse.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  capabilities: {drop: [ALL]}
{{- end -}}

{{- /* A pod. args: of the program; stays: whether it runs until it is stopped; anywhere: on any node; the rest: see above. */ -}}
{{- define "dormouse.pod" -}}
{{- $root := .root -}}
{{- $values := .root.Values -}}
{{- $metrics := and .stays $values.metrics.enabled -}}
metadata:
  labels:
    {{- include "dormouse.selector" $root | nindent 4 }}
    app.kubernetes.io/component: {{ .stays | ternary "client" "job" }}
    {{- with $values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with $values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  automountServiceAccountToken: false
  enableServiceLinks: false
  hostNetwork: {{ $values.hostNetwork }}
  dnsPolicy: {{ $values.hostNetwork | ternary "ClusterFirstWithHostNet" "ClusterFirst" }}
  {{- with $values.dnsConfig }}
  dnsConfig:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  restartPolicy: {{ .stays | ternary "Always" "Never" }}
  # Time for DELETE_ON_STOP.
  terminationGracePeriodSeconds: 30
  securityContext:
    runAsNonRoot: true
    runAsUser: 1000
    runAsGroup: 1000
    fsGroup: 1000
    seccompProfile: {type: RuntimeDefault}
  {{- with $values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- if not .anywhere }}
  {{- with $values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- end }}
  {{- with $values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: ddns
      image: {{ printf "%s:%s" $values.image.repository ($values.image.tag | default $root.Chart.AppVersion) | quote }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      args: {{ .args | toJson }}
      env:
        {{- include "dormouse.env" (dict "root" $root "node" .node "comment" .comment "regex" .regex "metrics" $metrics) | nindent 8 }}
      {{- include "dormouse.containerSecurity" $root | nindent 6 }}
      resources:
        {{- toYaml $values.resources | nindent 8 }}
      {{- if and .stays $values.probe.enabled }}
      readinessProbe:
        exec: {command: [/bin/ddns, healthcheck]}
        initialDelaySeconds: 5
        periodSeconds: {{ $values.probe.periodSeconds }}
        timeoutSeconds: 15
        failureThreshold: 1
      {{- end }}
      volumeMounts:
        - {name: token, mountPath: /run/secrets/ddns, readOnly: true}
        {{- if $metrics }}
        - {name: metrics, mountPath: /run/ddns}
        {{- end }}
        {{- with $values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    {{- if $metrics }}
    - name: metrics
      image: {{ $values.metrics.image | quote }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      args:
        - --collector.disable-defaults
        - --collector.textfile
        - --collector.textfile.directory=/run/ddns
        - --web.disable-exporter-metrics
        - --web.listen-address=:{{ $values.metrics.port }}
      ports:
        - {name: metrics, containerPort: {{ $values.metrics.port }}, protocol: TCP}
      {{- include "dormouse.containerSecurity" $root | nindent 6 }}
      resources:
        requests: {cpu: 1m, memory: 16Mi}
        limits: {memory: 64Mi}
      volumeMounts:
        - {name: metrics, mountPath: /run/ddns, readOnly: true}
    {{- end }}
  volumes:
    - name: token
      secret:
        secretName: {{ $values.token.secret | quote }}
        defaultMode: 0440
        items: [{key: {{ $values.token.key | quote }}, path: token}]
    {{- if $metrics }}
    - name: metrics
      emptyDir: {medium: Memory, sizeLimit: 1Mi}
    {{- end }}
    {{- with $values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}
