# Completion of ddns for bash. Made by script/manual.
_ddns() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} i verb=
    if [[ $before == = && $COMP_CWORD -gt 1 ]]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi
    if [[ $word == = ]]; then before=${COMP_WORDS[COMP_CWORD-1]} word=; fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        if [[ " run plan check doctor cleanup notify status healthcheck migrate help version " == *" ${COMP_WORDS[i]} "* ]]; then verb=${COMP_WORDS[i]}; break; fi
    done
    case $before in
    --config|--cloudflare-api-token-file|--state-file|--shoutrrr-file|--metrics-file|--status-page) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --reject-cloudflare-ips) mapfile -t COMPREPLY < <(compgen -W "true false" -- "$word"); return ;;
    --reject-private-ips) mapfile -t COMPREPLY < <(compgen -W "true false" -- "$word"); return ;;
    --update-on-start) mapfile -t COMPREPLY < <(compgen -W "true false" -- "$word"); return ;;
    --delete-on-stop) mapfile -t COMPREPLY < <(compgen -W "true false" -- "$word"); return ;;
    --watch) mapfile -t COMPREPLY < <(compgen -W "true false" -- "$word"); return ;;
    --enforce) mapfile -t COMPREPLY < <(compgen -W "proxied ttl comment tags" -- "$word"); return ;;
    --policy) mapfile -t COMPREPLY < <(compgen -W "sync upsert-only" -- "$word"); return ;;
    --emoji) mapfile -t COMPREPLY < <(compgen -W "true false" -- "$word"); return ;;
    --quiet) mapfile -t COMPREPLY < <(compgen -W "true false" -- "$word"); return ;;
    --log-format) mapfile -t COMPREPLY < <(compgen -W "text json" -- "$word"); return ;;
    --log-rounds) mapfile -t COMPREPLY < <(compgen -W "changes all" -- "$word"); return ;;
    --log-timestamps) mapfile -t COMPREPLY < <(compgen -W "true false" -- "$word"); return ;;
    --ddns-dialect) mapfile -t COMPREPLY < <(compgen -W "auto native timothymiller oznu" -- "$word"); return ;;
    esac
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "--config --once --all --dry-run --test --yes --web --json --repeat --help --version --cloudflare-api-token-file --cloudflare-email --cloudflare-api-base-url --domains --ip4-domains --ip6-domains --waf-lists --ip4-provider --ip6-provider --ip4-default-prefix-len --ip6-default-prefix-len --ip4-detection-filter --ip6-detection-filter --detection-timeout --reject-cloudflare-ips --reject-private-ips --update-cron --update-on-start --boot-wait --delete-on-stop --tz --watch --update-timeout --cache-expiration --state-file --ttl --proxied --record-comment --record-tags --enforce --managed-records-comment-regex --policy --waf-list-description --waf-list-item-comment --managed-waf-list-items-comment-regex --gateway-locations --gateway-lists --gateway-list-description --gateway-list-item-description --managed-gateway-list-items-description-regex --access-groups --load-balancer-origins --spf-domains --shoutrrr-file --on-change --metrics-file --status-page --emoji --quiet --log-format --log-rounds --log-timestamps --ddns-dialect" -- "$word")
    elif [[ $verb == help ]]; then
        mapfile -t COMPREPLY < <(compgen -W "run plan check doctor cleanup notify status healthcheck migrate settings" -- "$word")
    elif [[ -z $verb ]]; then
        mapfile -t COMPREPLY < <(compgen -W "run plan check doctor cleanup notify status healthcheck migrate help version" -- "$word")
    fi
}
complete -F _ddns ddns
