# nomad var put nomad/jobs/ddns token=@token && nomad job run ddns.nomad.hcl
# One instance; for a fleet: type = "system", and RECORD_COMMENT with ${node.unique.name} as in docs/faq.md.
job "ddns" {
  type = "service"

  group "ddns" {
    count = 1

    # Never two at once: they would see each other's work as a change by hand.
    update {
      max_parallel = 1
      canary       = 0
    }

    # The node's own addresses; leave it out when only the address others see counts.
    network {
      mode = "host"
    }

    task "ddns" {
      driver = "docker"
      user   = "1000:1000"

      # Time for DELETE_ON_STOP.
      kill_signal  = "SIGTERM"
      kill_timeout = "20s"

      config {
        image           = "ghcr.io/dormouse-ddns/dormouse:0.1.0"
        network_mode    = "host"
        readonly_rootfs = true
        cap_drop        = ["all"]
        security_opt    = ["no-new-privileges"]
      }

      env {
        CLOUDFLARE_API_TOKEN_FILE = "${NOMAD_SECRETS_DIR}/token"
        DOMAINS                   = "home.example.org"
        EMOJI                     = "false"
      }

      template {
        data        = "{{ with nomadVar \"nomad/jobs/ddns\" }}{{ .token }}{{ end }}"
        destination = "${NOMAD_SECRETS_DIR}/token"
        uid         = 1000
        gid         = 1000
        perms       = "0400"
        # The program reads it at the start.
        change_mode = "restart"
      }

      resources {
        cpu    = 20
        memory = 32
      }
    }
  }
}
