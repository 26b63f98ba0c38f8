// Made by `npm run types` from the api; not written by hand.
export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Station: {
            id: string;
            name: string | null;
            /** @enum {string} */
            connectivity: "online" | "offline";
            status: string;
            reported_status: string | null;
            error_code: string | null;
            info: string | null;
            vendor_id: string | null;
            vendor_error_code: string | null;
            status_at: string | null;
            override: {
                status: string;
                since: string | null;
            } | null;
            ocpp_version: string | null;
            default_ocpp_version: string | null;
            security_profile: number;
            next_security_profile: number | null;
            security_profile_note: string | null;
            has_password: boolean;
            password?: string;
            boot_status: string | null;
            booted_at: string | null;
            vendor: string | null;
            model: string | null;
            serial_number: string | null;
            charge_box_serial_number: string | null;
            firmware_version: string | null;
            iccid: string | null;
            imsi: string | null;
            meter_type: string | null;
            meter_serial_number: string | null;
            boot_reason: string | null;
            location_id: string | null;
            location?: {
                id: string;
                name: string;
                address: string | null;
                latitude: number | null;
                longitude: number | null;
                time_zone: string | null;
            };
            labels: unknown | null;
            note: string | null;
            strictness: string | null;
            message_log_level: string | null;
            call_timeout_s: number | null;
            ping_interval_s: number | null;
            boot_decision: string;
            boot_retry_interval_s: number | null;
            compatibility: {
                /** @enum {string} */
                time_format?: "seconds" | "milliseconds";
                remote_start_token?: string;
                reversed_tokens?: boolean;
                /** @enum {string} */
                missing_stops?: "flag" | "close";
                sessions_from_status?: boolean;
            } | null;
            connection: {
                worker: string;
                connected_at: string | null;
                address: string | null;
                tls: boolean;
                subprotocol: string | null;
                epoch: number;
            } | null;
            disconnected_at: string | null;
            disconnect_reason: string | null;
            last_seen_at: string | null;
            evses: {
                id: number;
                status: string;
                connectors: {
                    id: number;
                    status: string;
                    reported_status: string | null;
                    error_code: string | null;
                    info: string | null;
                    vendor_id: string | null;
                    vendor_error_code: string | null;
                    status_at: string | null;
                    reservation_id: string | null;
                }[];
            }[] | null;
            power_w: number | null;
            uptime_percent: number | null;
            open_alerts: number | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            archived_at: string | null;
            version: number;
        };
        StationCreate: {
            id: string;
            password?: string;
            security_profile?: number;
            name?: string;
            location_id?: string;
            /** @enum {string} */
            default_ocpp_version?: "1.6" | "2.0.1";
            /** @enum {string} */
            strictness?: "lenient" | "strict";
            /** @enum {string} */
            message_log_level?: "off" | "errors" | "all";
            call_timeout_s?: number;
            ping_interval_s?: number;
            labels?: unknown;
            note?: string;
            /** @enum {string} */
            boot_decision?: "accepted" | "pending" | "rejected";
            boot_retry_interval_s?: number;
            compatibility?: {
                /** @enum {string} */
                time_format?: "seconds" | "milliseconds";
                remote_start_token?: string;
                reversed_tokens?: boolean;
                /** @enum {string} */
                missing_stops?: "flag" | "close";
                sessions_from_status?: boolean;
            };
        };
        StationPut: {
            id?: string;
            security_profile?: number;
            name?: string;
            location_id?: string;
            /** @enum {string} */
            default_ocpp_version?: "1.6" | "2.0.1";
            /** @enum {string} */
            strictness?: "lenient" | "strict";
            /** @enum {string} */
            message_log_level?: "off" | "errors" | "all";
            call_timeout_s?: number;
            ping_interval_s?: number;
            labels?: unknown;
            note?: string;
            /** @enum {string} */
            boot_decision?: "accepted" | "pending" | "rejected";
            boot_retry_interval_s?: number;
            compatibility?: {
                /** @enum {string} */
                time_format?: "seconds" | "milliseconds";
                remote_start_token?: string;
                reversed_tokens?: boolean;
                /** @enum {string} */
                missing_stops?: "flag" | "close";
                sessions_from_status?: boolean;
            };
        };
        StationPatch: {
            name?: string | null;
            location_id?: string | null;
            default_ocpp_version?: ("1.6" | "2.0.1") | null;
            strictness?: ("lenient" | "strict") | null;
            message_log_level?: ("off" | "errors" | "all") | null;
            call_timeout_s?: number | null;
            ping_interval_s?: number | null;
            security_profile?: number | null;
            labels?: unknown | null;
            note?: string | null;
            boot_decision?: ("accepted" | "pending" | "rejected") | null;
            boot_retry_interval_s?: number | null;
            compatibility?: {
                /** @enum {string} */
                time_format?: "seconds" | "milliseconds";
                remote_start_token?: string;
                reversed_tokens?: boolean;
                /** @enum {string} */
                missing_stops?: "flag" | "close";
                sessions_from_status?: boolean;
            } | null;
        };
        StationImport: {
            stations: unknown[];
            update?: boolean;
        };
        StationImportResult: {
            dry_run: boolean;
            total: number;
            created: number;
            updated: number;
            exists: number;
            refused: number;
            items: {
                row: number;
                id: string;
                /** @enum {string} */
                result: "created" | "updated" | "exists" | "refused";
                password?: string;
                code?: string;
                detail?: string;
                pointer?: string;
            }[];
        };
        StationStatus: {
            id: string;
            /** @enum {string} */
            connectivity: "online" | "offline";
            status: string;
            reported_status: string | null;
            error_code: string | null;
            info: string | null;
            vendor_id: string | null;
            vendor_error_code: string | null;
            status_at: string | null;
            override: {
                status: string;
                since: string | null;
            } | null;
            boot_status: string | null;
            evses: {
                id: number;
                status: string;
                connectors: {
                    id: number;
                    status: string;
                    reported_status: string | null;
                    error_code: string | null;
                    info: string | null;
                    vendor_id: string | null;
                    vendor_error_code: string | null;
                    status_at: string | null;
                    reservation_id: string | null;
                }[];
            }[];
        };
        StationConnection: {
            station_id: string;
            /** @enum {string} */
            connectivity: "online" | "offline";
            connection: {
                worker: string;
                connected_at: string | null;
                address: string | null;
                tls: boolean;
                subprotocol: string | null;
                epoch: number;
            } | null;
            ocpp_version: string | null;
            security_profile_in_use: number | null;
            disconnected_at: string | null;
            disconnect_reason: string | null;
            last_seen_at: string | null;
        };
        Closing: {
            /** @enum {string} */
            state: "closing";
        };
        Credentials: {
            station_id: string;
            security_profile: number;
            security_profile_note: string | null;
            has_password: boolean;
            password?: string;
        };
        CredentialsWrite: {
            password?: string;
            security_profile?: number;
        };
        MessageLogLevel: {
            level: string | null;
            effective: string;
        };
        MessageLogLevelWrite: {
            level: ("off" | "errors" | "all") | null;
        };
        Message: {
            station_id: string;
            /** Format: date-time */
            at: string;
            /** @enum {string} */
            direction: "in" | "out";
            message_type: string;
            message_id: string | null;
            action: string | null;
            error_code: string | null;
            bytes: number;
            connection: string;
            frame: string | null;
            frame_base64: string | null;
        };
        Command: {
            id: string;
            station_id: string;
            command: string;
            parameters: unknown | null;
            ocpp: {
                version: string | null;
                action: string | null;
                message_id: string | null;
                request: unknown | null;
                response: unknown | null;
                error: {
                    code: string;
                    description: string;
                    details: unknown | null;
                } | null;
                late_response: unknown | null;
            };
            /** @enum {string} */
            state: "queued" | "sent" | "answered" | "failed" | "cancelled" | "expired";
            result: string | null;
            failed: {
                reason: string;
            } | null;
            failed_reason: string | null;
            status: string | null;
            effect: {
                state: string;
                expects: string | null;
                until: string | null;
                at: string | null;
            };
            timing: {
                queued_ms: number | null;
                sent_ms: number | null;
                rtt_ms: number | null;
            };
            requested_by: string | null;
            /** Format: date-time */
            created_at: string;
            sent_at: string | null;
            answered_at: string | null;
            deadline_at: string | null;
            expires_at: string | null;
            batch_id: string | null;
            parts: {
                items: number;
                done: number;
                calls: number;
                unanswered: {
                    first: number;
                    count: number;
                    reason: string;
                }[];
            } | null;
            not_before_at: string | null;
            emulated: boolean;
            station?: {
                id: string;
                name: string | null;
                /** @enum {string} */
                connectivity: "online" | "offline";
                status: string;
                reported_status: string | null;
                error_code: string | null;
                info: string | null;
                vendor_id: string | null;
                vendor_error_code: string | null;
                status_at: string | null;
                override: {
                    status: string;
                    since: string | null;
                } | null;
                ocpp_version: string | null;
                default_ocpp_version: string | null;
                security_profile: number;
                next_security_profile: number | null;
                security_profile_note: string | null;
                has_password: boolean;
                password?: string;
                boot_status: string | null;
                booted_at: string | null;
                vendor: string | null;
                model: string | null;
                serial_number: string | null;
                charge_box_serial_number: string | null;
                firmware_version: string | null;
                iccid: string | null;
                imsi: string | null;
                meter_type: string | null;
                meter_serial_number: string | null;
                boot_reason: string | null;
                location_id: string | null;
                location?: {
                    id: string;
                    name: string;
                    address: string | null;
                    latitude: number | null;
                    longitude: number | null;
                    time_zone: string | null;
                };
                labels: unknown | null;
                note: string | null;
                strictness: string | null;
                message_log_level: string | null;
                call_timeout_s: number | null;
                ping_interval_s: number | null;
                boot_decision: string;
                boot_retry_interval_s: number | null;
                compatibility: {
                    /** @enum {string} */
                    time_format?: "seconds" | "milliseconds";
                    remote_start_token?: string;
                    reversed_tokens?: boolean;
                    /** @enum {string} */
                    missing_stops?: "flag" | "close";
                    sessions_from_status?: boolean;
                } | null;
                connection: {
                    worker: string;
                    connected_at: string | null;
                    address: string | null;
                    tls: boolean;
                    subprotocol: string | null;
                    epoch: number;
                } | null;
                disconnected_at: string | null;
                disconnect_reason: string | null;
                last_seen_at: string | null;
                evses: {
                    id: number;
                    status: string;
                    connectors: {
                        id: number;
                        status: string;
                        reported_status: string | null;
                        error_code: string | null;
                        info: string | null;
                        vendor_id: string | null;
                        vendor_error_code: string | null;
                        status_at: string | null;
                        reservation_id: string | null;
                    }[];
                }[] | null;
                power_w: number | null;
                uptime_percent: number | null;
                open_alerts: number | null;
                /** Format: date-time */
                created_at: string;
                /** Format: date-time */
                updated_at: string;
                archived_at: string | null;
                version: number;
            };
        };
        OcppCall: {
            action: string;
            payload?: unknown;
            validate?: boolean;
            /** @enum {string} */
            ocpp_version?: "1.6" | "2.0.1";
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        ConnectionAttempt: {
            id: string;
            station_id: string | null;
            identity: string | null;
            /** Format: date-time */
            at: string;
            cause: string;
            http_status: number | null;
            address: string | null;
            tls: boolean | null;
            subprotocols: string | null;
            user_name: string | null;
            user_agent: string | null;
            worker: string | null;
            detail: string | null;
        };
        Worker: {
            id: string;
            seen_at: string | null;
            started_at: string | null;
            draining: boolean;
            connections: number;
            version: string | null;
            certificate: string | null;
            certificate_expires_at: string | null;
            certificate_days_left: number | null;
        };
        WorkerDrain: {
            force?: boolean;
        };
        OcppAction: {
            name: string;
            /** @enum {string} */
            sent_by: "station" | "csms" | "both";
            request_schema: string;
            response_schema: string;
        };
        Version: {
            name: string;
            version: string;
            api: string;
        };
        Capabilities: {
            ocpp_versions: string[];
            commands: string[];
            features: string[];
            limits: {
                page_max: number;
                body_bytes: number;
                import_bytes: number;
                import_rows: number;
                prefer_wait_max_s: number;
                commands_queued_per_station: number;
            };
        };
        Setting: {
            key: string;
            value: string;
            is_secret: boolean;
            is_set: boolean;
            origin: string;
            default_value: string;
            allowed: string;
            meaning: string;
            part: string;
        };
        Me: {
            name: string;
            scopes: string[];
            role: string | null;
            is_operator: boolean;
            expires_at: string | null;
        };
        Health: {
            /** @enum {string} */
            status: "ok" | "unavailable";
            checks?: {
                name: string;
                ok: boolean;
                detail: string;
            }[];
        };
        Problem: {
            type: string;
            title: string;
            status: number;
            detail: string;
            instance: string;
            code: string;
            request_id: string;
            scope?: string;
            errors?: {
                pointer?: string;
                parameter?: string;
                header?: string;
                detail: string;
                remedy?: string;
            }[];
        };
        Evse: {
            id: number;
            status: string;
            connectors: {
                id: number;
                status: string;
                reported_status: string | null;
                error_code: string | null;
                info: string | null;
                vendor_id: string | null;
                vendor_error_code: string | null;
                status_at: string | null;
                reservation_id: string | null;
            }[];
        };
        Connector: {
            id: number;
            status: string;
            reported_status: string | null;
            error_code: string | null;
            info: string | null;
            vendor_id: string | null;
            vendor_error_code: string | null;
            status_at: string | null;
            reservation_id: string | null;
        };
        StationCheck: {
            station_id: string;
            /** @enum {string} */
            state: "ok" | "waiting" | "failed";
            steps_ok: number;
            /** Format: date-time */
            checked_at: string;
            steps: {
                /** @enum {string} */
                id: "connection" | "subprotocol" | "authentication" | "boot" | "status" | "configuration" | "clock" | "trigger";
                /** @enum {string} */
                state: "ok" | "waiting" | "failed";
                since: string | null;
                cause: string | null;
                detail: string | null;
                remedy: string | null;
                fix: {
                    /** @enum {string} */
                    id: "accept" | "trigger_boot" | "trigger_status" | "trigger_heartbeat" | "read_configuration";
                    method: string;
                    path: string;
                    body: unknown;
                } | null;
            }[];
        };
        StationPing: {
            station_id: string;
            answered: boolean;
            rtt_ms: number | null;
            result: string | null;
            sent_at: string | null;
            command_id: string;
        };
        TimelineItem: {
            /** Format: date-time */
            at: string;
            /** @enum {string} */
            kind: "authorization" | "started" | "updated" | "ended" | "conflict" | "meter" | "command" | "event" | "closed";
            said_at: string | null;
            what: string | null;
            result: string | null;
            seq_no: number | null;
            energy_wh: number | null;
            reference: string | null;
            payload: unknown | null;
        };
        Event: {
            kind: string;
            name: string | null;
            /** Format: date-time */
            at: string;
            /** Format: date-time */
            received_at: string;
            ocpp_version: string | null;
            evse_id: number | null;
            connector_id: number | null;
            request_id: number | null;
            severity: number | null;
            payload: unknown | null;
        };
        SecurityEvent: {
            type: string;
            /** Format: date-time */
            at: string;
            /** Format: date-time */
            received_at: string;
            critical: boolean;
            details: unknown | null;
        };
        Report: {
            kind: string;
            request_id: number;
            /** @enum {string} */
            state: "receiving" | "complete" | "gap" | "incomplete";
            generated_at: string | null;
            parts: number;
            seen: string | null;
            last_seq: number | null;
            /** Format: date-time */
            started_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        CustomerInformation: {
            request_id: number;
            state: string;
            parts: number;
            data: string;
            /** Format: date-time */
            updated_at: string;
        };
        CertificateRequest: {
            id: string;
            certificate_type: string;
            common_name: string | null;
            organization: string | null;
            state: string;
            reason: string | null;
            /** Format: date-time */
            received_at: string;
            decided_at: string | null;
            decided_by: string | null;
            csr: string;
        };
        Quirk: {
            quirk: string;
            count: number;
            /** Format: date-time */
            first_at: string;
            /** Format: date-time */
            last_at: string;
            action: string | null;
            path: string | null;
        };
        Variable: {
            component: string;
            component_instance: string | null;
            evse_id: number | null;
            connector_id: number | null;
            variable: string;
            instance: string | null;
            attribute: string;
            value: string | null;
            mutability: string | null;
            data_type: string | null;
            unit: string | null;
            min_limit: string | null;
            max_limit: string | null;
            values_list: string | null;
            supports_monitoring: boolean | null;
            persistent: boolean | null;
            constant: boolean | null;
            reported_at: string | null;
            reboot_required: boolean;
        };
        DesiredVariablesWrite: {
            variables: {
                component: string;
                component_instance?: string;
                evse_id?: number;
                connector_id?: number;
                variable: string;
                instance?: string;
                /** @enum {string} */
                attribute?: "Actual" | "Target" | "MinSet" | "MaxSet";
                value: string | null;
            }[];
        };
        DesiredVariables: {
            station_id: string;
            variables: {
                component: string;
                component_instance?: string;
                evse_id?: number;
                connector_id?: number;
                variable: string;
                instance?: string;
                /** @enum {string} */
                attribute?: "Actual" | "Target" | "MinSet" | "MaxSet";
                value: string | null;
            }[];
            updated_at: string | null;
            updated_by: string | null;
        };
        VariableDrift: {
            station_id: string;
            matches: number;
            differs: number;
            unknown: number;
            items: {
                component: string;
                component_instance: string | null;
                evse_id: number | null;
                connector_id: number | null;
                variable: string;
                instance: string | null;
                attribute: string;
                desired: string;
                actual: string | null;
                /** @enum {string} */
                state: "matches" | "differs" | "unknown";
                reported_at: string | null;
            }[];
        };
        Monitor: {
            id: number;
            component: string;
            component_instance: string | null;
            evse_id: number | null;
            connector_id: number | null;
            variable: string;
            instance: string | null;
            type: string;
            value: string;
            severity: number;
            transaction: boolean;
            /** Format: date-time */
            reported_at: string;
        };
        DisplayMessage: {
            id: number;
            priority: string;
            state: string | null;
            message: unknown | null;
            /** Format: date-time */
            reported_at: string;
        };
        InstalledCertificate: {
            certificate_type: string;
            hash_algorithm: string;
            issuer_name_hash: string;
            issuer_key_hash: string;
            serial_number: string;
            parent_serial_number: string | null;
            subject: string | null;
            fingerprint: string | null;
            not_after: string | null;
            /** Format: date-time */
            reported_at: string;
        };
        IssuedCertificate: {
            fingerprint: string;
            request_id: string;
            certificate_type: string;
            serial_number: string;
            subject: string;
            issuer: string;
            /** Format: date-time */
            not_before: string;
            /** Format: date-time */
            not_after: string;
            /** @enum {string} */
            state: "sent" | "accepted" | "refused";
            command_id: string;
            in_use: boolean;
            /** Format: date-time */
            issued_at: string;
            answered_at: string | null;
            used_at: string | null;
            revoked_at: string | null;
            revoked_by: string | null;
            certificate_chain: string;
        };
        CertificateSign: {
            certificate_chain?: string;
        };
        CertificateReject: {
            reason?: string;
        };
        TrustedCertificateWrite: {
            /** @enum {string} */
            certificate_type: "csms_root" | "manufacturer_root" | "v2g_root" | "mo_root" | "station_ca";
            certificate: string;
            name?: string;
        };
        TrustedCertificate: {
            id: string;
            certificate_type: string;
            name: string | null;
            fingerprint: string;
            subject: string;
            issuer: string;
            serial_number: string;
            key: string;
            signature: string;
            self_signed: boolean;
            /** Format: date-time */
            not_before: string;
            /** Format: date-time */
            not_after: string;
            certificate: string;
            /** Format: date-time */
            created_at: string;
            created_by: string | null;
        };
        ExpiringCertificate: {
            /** @enum {string} */
            where: "issued" | "installed" | "connection" | "trusted";
            station_id: string | null;
            certificate_type: string;
            fingerprint: string;
            subject: string;
            /** Format: date-time */
            not_after: string;
        };
        CertificateAuthority: {
            /** @enum {string} */
            mode: "manual" | "local";
            subject: string | null;
            certificate_chain: string | null;
            not_after: string | null;
        };
        Token: {
            uid: string;
            type: string | null;
            status: string;
            expires_at: string | null;
            group_id: string | null;
            concurrent_limit: number | null;
            station_ids: string[];
            evses: {
                station_id: string;
                evse_id: number;
            }[];
            location_ids: string[];
            language: string | null;
            personal_message: string | null;
            master_pass: boolean;
            prepaid: boolean;
            note: string | null;
            version: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        TokenWrite: {
            uid?: string;
            /** @enum {string} */
            type?: "Central" | "eMAID" | "ISO14443" | "ISO15693" | "KeyCode" | "Local" | "MacAddress" | "NoAuthorization";
            /** @enum {string} */
            status?: "Accepted" | "Blocked" | "Expired" | "Invalid" | "NoCredit" | "NotAllowedTypeEVSE" | "NotAtThisTime";
            /** Format: date-time */
            expires_at?: string;
            group_id?: string;
            concurrent_limit?: number;
            station_ids?: string[];
            evses?: {
                station_id: string;
                evse_id: number;
            }[];
            location_ids?: string[];
            language?: string;
            personal_message?: string;
            master_pass?: boolean;
            prepaid?: boolean;
            note?: string;
        };
        TokenPatch: {
            type?: ("Central" | "eMAID" | "ISO14443" | "ISO15693" | "KeyCode" | "Local" | "MacAddress" | "NoAuthorization") | null;
            status?: ("Accepted" | "Blocked" | "Expired" | "Invalid" | "NoCredit" | "NotAllowedTypeEVSE" | "NotAtThisTime") | null;
            expires_at?: string | null;
            group_id?: string | null;
            concurrent_limit?: number | null;
            station_ids?: string[] | null;
            evses?: {
                station_id: string;
                evse_id: number;
            }[] | null;
            location_ids?: string[] | null;
            language?: string | null;
            personal_message?: string | null;
            master_pass?: boolean | null;
            prepaid?: boolean | null;
            note?: string | null;
        };
        TokenImport: {
            tokens: unknown[];
        };
        TokenImportResult: {
            dry_run: boolean;
            total: number;
            created: number;
            updated: number;
            refused: number;
            items: {
                row: number;
                uid: string;
                /** @enum {string} */
                result: "created" | "updated" | "refused";
                code?: string;
                detail?: string;
                pointer?: string;
            }[];
        };
        UnknownToken: {
            token: string;
            type: string | null;
            station_id: string | null;
            /** Format: date-time */
            last_seen_at: string;
        };
        Authorization: {
            id: string;
            station_id: string | null;
            /** Format: date-time */
            at: string;
            action: string;
            token: string | null;
            token_type: string | null;
            status: string;
            reason: string;
            /** @enum {string} */
            decided_by: "list" | "webhook" | "fallback" | "transaction";
            detail: string | null;
            evse_id: number | null;
            transaction_id: string | null;
            additional_info: unknown | null;
        };
        AuthorizeWrite: {
            token: string;
            /** @enum {string} */
            type?: "Central" | "eMAID" | "ISO14443" | "ISO15693" | "KeyCode" | "Local" | "MacAddress" | "NoAuthorization";
            station_id?: string;
            evse_id?: number;
            starts?: boolean;
        };
        AuthorizeResult: {
            accepted: boolean;
            status: string;
            reason: string;
            known: boolean;
            group_id: string | null;
            expires_at: string | null;
            active_transactions: number;
        };
        Transaction: {
            id: string;
            station_id: string | null;
            ocpp_version: string;
            ocpp_transaction_id: string;
            /** @enum {string} */
            state: "active" | "ended";
            evse_id: number | null;
            connector_id: number | null;
            token: string | null;
            token_type: string | null;
            group_id: string | null;
            stop_token: string | null;
            authorization_status: string | null;
            started_at: string | null;
            ended_at: string | null;
            /** Format: date-time */
            received_at: string;
            ended_received_at: string | null;
            stop_reason: string | null;
            charging_state: string | null;
            trigger_reason: string | null;
            remote_start_id: number | null;
            reservation_id: number | null;
            time_charging_s: number | null;
            phases_used: number | null;
            cable_max_a: number | null;
            offline: boolean;
            energy_wh: number | null;
            meter_start_wh: number | null;
            meter_stop_wh: number | null;
            power_w: number | null;
            power_at: string | null;
            energy_rule: string | null;
            total_cost: string | null;
            public_key: string | null;
            event_count: number;
            seq_no_min: number | null;
            seq_no_max: number | null;
            incomplete: boolean;
            suspect: boolean;
            evidence: string[];
            superseded_by: string | null;
            closed: {
                /** Format: date-time */
                at: string;
                by: string | null;
                reason: string | null;
            } | null;
            version: number;
        };
        TransactionClose: {
            reason: string;
        };
        TransactionEvent: {
            seq_no: number;
            /** @enum {string} */
            kind: "started" | "updated" | "ended" | "conflict";
            at: string | null;
            /** Format: date-time */
            received_at: string;
            trigger_reason: string | null;
            offline: boolean;
            payload: unknown | null;
        };
        MeterValue: {
            /** Format: date-time */
            at: string;
            /** Format: date-time */
            received_at: string;
            evse_id: number | null;
            transaction_id: string | null;
            samples: {
                measurand: string;
                phase: string | null;
                location: string | null;
                context: string | null;
                unit: string | null;
                value: number | null;
                raw: string | null;
                is_signed: boolean;
            }[];
            repaired: boolean;
            raw: string | null;
        };
        OrphanStop: {
            id: string;
            station_id: string | null;
            said_transaction_id: number;
            token: string | null;
            meter_stop_wh: number | null;
            at: string | null;
            reason: string;
            /** Format: date-time */
            received_at: string;
            transaction_id: string | null;
            payload: unknown | null;
        };
        Reservation: {
            id: string;
            station_id: string | null;
            reservation_id: number;
            ocpp_version: string | null;
            evse_id: number;
            connector_type: string | null;
            token: string | null;
            token_type: string | null;
            group_token: string | null;
            /** Format: date-time */
            expires_at: string;
            /** @enum {string} */
            state: "ordered" | "accepted" | "unknown" | "refused" | "failed" | "used" | "expired" | "cancelled" | "removed" | "replaced";
            status: string | null;
            reason: string | null;
            command_id: string | null;
            transaction_id: string | null;
            replaced_by: string | null;
            requested_by: string | null;
            /** Format: date-time */
            created_at: string;
            answered_at: string | null;
            ended_at: string | null;
        };
        ReservationWrite: {
            station_id: string;
            token: {
                uid: string;
                /** @enum {string} */
                type?: "Central" | "eMAID" | "ISO14443" | "ISO15693" | "KeyCode" | "Local" | "MacAddress" | "NoAuthorization";
            };
            /** Format: date-time */
            expires_at: string;
            evse_id?: number;
            group_token?: {
                uid: string;
                /** @enum {string} */
                type?: "Central" | "eMAID" | "ISO14443" | "ISO15693" | "KeyCode" | "Local" | "MacAddress" | "NoAuthorization";
            };
            reservation_id?: number;
            connector_type?: string;
            queue?: boolean;
            expires_in?: number;
        };
        LocalList: {
            station_id: string;
            source: string | null;
            tokens: unknown | null;
            updated_at: string | null;
            updated_by: string | null;
            wanted_entries: number;
            confirmed_entries: number;
            confirmed_version: number | null;
            confirmed_at: string | null;
            reported_version: number | null;
            reported_at: string | null;
            drift: boolean;
            supported: boolean;
            in_sync: boolean;
            sync: {
                /** @enum {string} */
                state: "none" | "syncing" | "done" | "failed" | "not_supported";
                reason: string | null;
                started_at: string | null;
                ended_at: string | null;
                messages_sent: number;
            };
            limits: {
                entries: number | null;
                entries_per_message: number;
                bytes_per_message: number;
            };
        };
        LocalListWrite: {
            /** @enum {string} */
            source: "entries" | "tokens";
            entries?: {
                uid: string;
                /** @enum {string} */
                type?: "eMAID" | "ISO14443" | "ISO15693" | "Local" | "MacAddress";
                /** @enum {string} */
                status?: "Accepted" | "Blocked" | "Expired" | "Invalid";
                group_id?: string;
                /** Format: date-time */
                expires_at?: string;
            }[];
            tokens?: {
                group_ids?: string[];
                statuses?: ("Accepted" | "Blocked" | "Expired" | "Invalid")[];
            };
        };
        LocalListSync: {
            full?: boolean;
        };
        LocalListEntry: {
            wanted: unknown | null;
            confirmed: unknown | null;
            /** @enum {string} */
            state: "confirmed" | "to_add" | "to_change" | "to_remove";
        };
        HeldChargingProfile: {
            id: number;
            evse_id: number;
            source: string;
            purpose: string;
            stack_level: number;
            transaction_id: string | null;
            valid_from: string | null;
            valid_to: string | null;
            /** @enum {string} */
            origin: "ordered" | "started" | "reported";
            profile: unknown | null;
            request_id: number | null;
            /** Format: date-time */
            installed_at: string;
        };
        ChargingLimit: {
            evse_id: number;
            source: string;
            is_grid_critical: boolean | null;
            limit: unknown | null;
            /** Format: date-time */
            at: string;
        };
        CompositeSchedule: {
            station_id: string;
            evse_id: number;
            /** Format: date-time */
            start: string;
            duration_s: number;
            unit: string;
            voltage: number;
            periods: {
                start_s: number;
                limit: number | null;
                phases: number;
                decided_by: string | null;
                profile_id: number | null;
            }[];
            reported: {
                status: string;
                /** Format: date-time */
                answered_at: string;
                start: string | null;
                duration_s: number | null;
                unit: string | null;
                periods: {
                    start_s: number;
                    limit: number | null;
                    phases: number;
                    decided_by: string | null;
                    profile_id: number | null;
                }[];
                differences: {
                    start_s: number;
                    end_s: number;
                    ours: number | null;
                    theirs: number | null;
                }[];
                changed_since: boolean;
            } | null;
        };
        OcppOther: unknown;
        CommandOptions: {
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        StartTransactionCommand: {
            evse_id?: number;
            token?: {
                uid: string;
                /** @enum {string} */
                type?: "Central" | "eMAID" | "ISO14443" | "ISO15693" | "KeyCode" | "Local" | "MacAddress" | "NoAuthorization";
            };
            group_token?: {
                uid: string;
                /** @enum {string} */
                type?: "Central" | "eMAID" | "ISO14443" | "ISO15693" | "KeyCode" | "Local" | "MacAddress" | "NoAuthorization";
            };
            charging_profile?: {
                id?: number;
                stack_level?: number;
                /** @enum {string} */
                purpose: "max" | "default" | "transaction" | "external";
                /** @enum {string} */
                kind?: "absolute" | "recurring" | "relative";
                /** @enum {string} */
                recurrency?: "daily" | "weekly";
                /** Format: date-time */
                valid_from?: string;
                /** Format: date-time */
                valid_to?: string;
                /** Format: date-time */
                start?: string;
                transaction_id?: string;
                /** @enum {string} */
                unit: "A" | "W";
                duration_s?: number;
                min_rate?: number;
                periods: {
                    start_s: number;
                    limit: number;
                    phases?: number;
                }[];
            };
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        StopTransactionCommand: {
            transaction_id: string;
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        UnlockConnectorCommand: {
            evse_id: number;
            connector_id?: number;
            force?: boolean;
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        TriggerMessageCommand: {
            /** @enum {string} */
            message: "BootNotification" | "DiagnosticsStatusNotification" | "FirmwareStatusNotification" | "Heartbeat" | "LogStatusNotification" | "MeterValues" | "PublishFirmwareStatusNotification" | "SignChargePointCertificate" | "SignChargingStationCertificate" | "SignCombinedCertificate" | "SignV2GCertificate" | "StatusNotification" | "TransactionEvent";
            evse_id?: number;
            connector_id?: number;
            extended?: boolean;
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        DataTransferCommand: {
            vendor_id: string;
            message_id?: string;
            data?: unknown;
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        ResetCommand: {
            /** @enum {string} */
            type?: "immediate" | "graceful" | "on_idle" | "Hard" | "Soft" | "Immediate" | "OnIdle";
            evse_id?: number;
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        ChangeAvailabilityCommand: {
            /** @enum {string} */
            type: "operative" | "inoperative" | "Operative" | "Inoperative";
            evse_id?: number;
            connector_id?: number;
            /** Format: date-time */
            at?: string;
            /** Format: date-time */
            until?: string;
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        GetVariablesCommand: {
            variables?: {
                component?: string;
                component_instance?: string;
                evse_id?: number;
                connector_id?: number;
                variable: string;
                variable_instance?: string;
                /** @enum {string} */
                attribute?: "Actual" | "Target" | "MinSet" | "MaxSet";
            }[];
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        SetVariablesCommand: {
            variables: {
                component?: string;
                component_instance?: string;
                evse_id?: number;
                connector_id?: number;
                variable: string;
                variable_instance?: string;
                /** @enum {string} */
                attribute?: "Actual" | "Target" | "MinSet" | "MaxSet";
                value: string;
            }[];
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        GetBaseReportCommand: {
            /** @enum {string} */
            base: "configuration" | "full" | "summary";
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        GetReportCommand: {
            criteria?: ("Active" | "Available" | "Enabled" | "Problem")[];
            variables?: {
                component: string;
                component_instance?: string;
                evse_id?: number;
                connector_id?: number;
                variable?: string;
                variable_instance?: string;
            }[];
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        ProbeMeasurandsCommand: {
            component?: string;
            variable?: string;
            measurands: string[];
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        RotatePasswordCommand: {
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        SetNetworkProfileCommand: {
            slot: number;
            url: string;
            security_profile: number;
            /** @enum {string} */
            interface: "Wired0" | "Wired1" | "Wired2" | "Wired3" | "Wireless0" | "Wireless1" | "Wireless2" | "Wireless3";
            /** @enum {string} */
            ocpp_version?: "OCPP20" | "OCPP16" | "OCPP15" | "OCPP12";
            message_timeout_s?: number;
            apn?: {
                apn: string;
                user_name?: string;
                password?: string;
                sim_pin?: number;
                preferred_network?: string;
                use_only_preferred_network?: boolean;
                /** @enum {string} */
                authentication: "CHAP" | "NONE" | "PAP" | "AUTO";
            };
            vpn?: {
                server: string;
                user: string;
                group?: string;
                password: string;
                key: string;
                /** @enum {string} */
                type: "IKEv2" | "IPSec" | "L2TP" | "PPTP";
            };
            replace?: boolean;
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        ClearCacheCommand: {
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        GetLocalListVersionCommand: {
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        SendLocalListCommand: {
            version: number;
            /** @enum {string} */
            update: "full" | "differential";
            entries?: {
                token: {
                    uid: string;
                    /** @enum {string} */
                    type?: "Central" | "eMAID" | "ISO14443" | "ISO15693" | "KeyCode" | "Local" | "MacAddress" | "NoAuthorization";
                };
                /** @enum {string} */
                status?: "Accepted" | "Blocked" | "ConcurrentTx" | "Expired" | "Invalid" | "NoCredit" | "NotAllowedTypeEVSE" | "NotAtThisLocation" | "NotAtThisTime" | "Unknown";
                group_token?: {
                    uid: string;
                    /** @enum {string} */
                    type?: "Central" | "eMAID" | "ISO14443" | "ISO15693" | "KeyCode" | "Local" | "MacAddress" | "NoAuthorization";
                };
                /** Format: date-time */
                expires_at?: string;
            }[];
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        ReserveNowCommand: {
            token: {
                uid: string;
                /** @enum {string} */
                type?: "Central" | "eMAID" | "ISO14443" | "ISO15693" | "KeyCode" | "Local" | "MacAddress" | "NoAuthorization";
            };
            /** Format: date-time */
            expires_at: string;
            evse_id?: number;
            group_token?: {
                uid: string;
                /** @enum {string} */
                type?: "Central" | "eMAID" | "ISO14443" | "ISO15693" | "KeyCode" | "Local" | "MacAddress" | "NoAuthorization";
            };
            reservation_id?: number;
            connector_type?: string;
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        CancelReservationCommand: {
            reservation_id: number;
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        SetChargingProfileCommand: {
            evse_id: number;
            profile: {
                id?: number;
                stack_level?: number;
                /** @enum {string} */
                purpose: "max" | "default" | "transaction" | "external";
                /** @enum {string} */
                kind?: "absolute" | "recurring" | "relative";
                /** @enum {string} */
                recurrency?: "daily" | "weekly";
                /** Format: date-time */
                valid_from?: string;
                /** Format: date-time */
                valid_to?: string;
                /** Format: date-time */
                start?: string;
                transaction_id?: string;
                /** @enum {string} */
                unit: "A" | "W";
                duration_s?: number;
                min_rate?: number;
                periods: {
                    start_s: number;
                    limit: number;
                    phases?: number;
                }[];
            };
            fallback?: boolean;
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        ClearChargingProfileCommand: {
            profile_id?: number;
            evse_id?: number;
            /** @enum {string} */
            purpose?: "max" | "default" | "transaction" | "external";
            stack_level?: number;
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        GetChargingProfilesCommand: {
            evse_id?: number;
            /** @enum {string} */
            purpose?: "max" | "default" | "transaction" | "external";
            stack_level?: number;
            profile_ids?: number[];
            limit_sources?: ("EMS" | "Other" | "SO" | "CSO")[];
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        GetCompositeScheduleCommand: {
            evse_id: number;
            duration_s: number;
            /** @enum {string} */
            unit?: "A" | "W";
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        UpdateFirmwareCommand: {
            image?: string;
            location?: string;
            /** Format: date-time */
            retrieve_at?: string;
            /** Format: date-time */
            install_at?: string;
            signing_certificate?: string;
            signature?: string;
            plain?: boolean;
            retries?: number;
            retry_interval_s?: number;
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        PublishFirmwareCommand: {
            image?: string;
            location?: string;
            checksum?: string;
            retries?: number;
            retry_interval_s?: number;
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        UnpublishFirmwareCommand: {
            image?: string;
            checksum?: string;
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        GetLogCommand: {
            /** @enum {string} */
            type: "diagnostics" | "security";
            location?: string;
            /** Format: date-time */
            from?: string;
            /** Format: date-time */
            to?: string;
            retries?: number;
            retry_interval_s?: number;
            extended?: boolean;
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        CustomerInformationCommand: {
            report: boolean;
            clear: boolean;
            customer_identifier?: string;
            token?: {
                uid: string;
                /** @enum {string} */
                type?: "Central" | "eMAID" | "ISO14443" | "ISO15693" | "KeyCode" | "Local" | "MacAddress" | "NoAuthorization";
            };
            certificate?: {
                /** @enum {string} */
                hashAlgorithm: "SHA256" | "SHA384" | "SHA512";
                issuerNameHash: string;
                issuerKeyHash: string;
                serialNumber: string;
            };
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        CostUpdatedCommand: {
            transaction_id: string;
            total_cost: number;
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        GetTransactionStatusCommand: {
            transaction_id?: string;
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        SetMonitoringBaseCommand: {
            /** @enum {string} */
            base: "All" | "FactoryDefault" | "HardWiredOnly";
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        SetMonitoringLevelCommand: {
            severity: number;
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        SetVariableMonitoringCommand: {
            variables: {
                id?: number;
                component?: string;
                component_instance?: string;
                evse_id?: number;
                connector_id?: number;
                variable: string;
                variable_instance?: string;
                /** @enum {string} */
                type: "UpperThreshold" | "LowerThreshold" | "Delta" | "Periodic" | "PeriodicClockAligned";
                value: number;
                severity: number;
                transaction?: boolean;
            }[];
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        ClearVariableMonitoringCommand: {
            ids: number[];
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        GetMonitoringReportCommand: {
            criteria?: ("ThresholdMonitoring" | "DeltaMonitoring" | "PeriodicMonitoring")[];
            variables?: {
                component: string;
                component_instance?: string;
                evse_id?: number;
                connector_id?: number;
                variable?: string;
                variable_instance?: string;
            }[];
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        InstallCertificateCommand: {
            /** @enum {string} */
            type: "csms_root" | "manufacturer_root" | "v2g_root" | "mo_root";
            certificate: string;
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        DeleteCertificateCommand: {
            /** @enum {string} */
            hash_algorithm: "SHA256" | "SHA384" | "SHA512";
            issuer_name_hash: string;
            issuer_key_hash: string;
            serial_number: string;
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        GetInstalledCertificateIdsCommand: {
            types?: ("csms_root" | "manufacturer_root" | "v2g_root" | "mo_root" | "v2g_chain")[];
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        CertificateSignedCommand: {
            certificate_chain: string;
            /** @enum {string} */
            type?: "charging_station" | "v2g";
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        SetDisplayMessageCommand: {
            message_id?: number;
            /** @enum {string} */
            priority: "AlwaysFront" | "InFront" | "NormalCycle";
            /** @enum {string} */
            state?: "Charging" | "Faulted" | "Idle" | "Unavailable";
            /** Format: date-time */
            from?: string;
            /** Format: date-time */
            to?: string;
            transaction_id?: string;
            /** @enum {string} */
            format?: "ASCII" | "HTML" | "URI" | "UTF8";
            language?: string;
            content: string;
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        GetDisplayMessagesCommand: {
            message_ids?: number[];
            /** @enum {string} */
            priority?: "AlwaysFront" | "InFront" | "NormalCycle";
            /** @enum {string} */
            state?: "Charging" | "Faulted" | "Idle" | "Unavailable";
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        ClearDisplayMessageCommand: {
            message_id: number;
            queue?: boolean;
            expires_in?: number;
            effect_timeout_s?: number;
            verify?: boolean;
        };
        CommandBatchWrite: {
            command: string;
            params?: unknown;
            select: {
                station_ids?: string[];
                filter?: {
                    vendor?: string;
                    model?: string;
                    firmware_version?: string;
                    location_id?: string;
                    /** @enum {string} */
                    ocpp_version?: "1.6" | "2.0.1";
                    /** @enum {string} */
                    connectivity?: "online" | "offline";
                    q?: string;
                    status?: string[];
                    security_profile?: number;
                    worker?: string;
                    silent_min?: number;
                    has_active_session?: boolean;
                };
            };
            concurrency?: number;
            rate?: number;
            abort_on_failure_pct?: number;
            /** @enum {string} */
            only?: "idle";
            dry_run?: boolean;
        };
        CommandBatch: {
            id: string | null;
            command: string;
            params: unknown | null;
            select: unknown | null;
            /** @enum {string} */
            state: "running" | "cancelling" | "finished" | "cancelled" | "aborted" | "interrupted" | "dry_run";
            reason: string | null;
            concurrency: number;
            rate: number;
            abort_on_failure_pct: number | null;
            only: string | null;
            retry_of: string | null;
            progress: {
                total: number;
                waiting: number;
                refused: number;
                cancelled: number;
                open: number;
                accepted: number;
                other: number;
                failed: number;
                percent: number;
                queued: number;
                expired: number;
            };
            requested_by: string | null;
            created_at: string | null;
            finished_at: string | null;
            stations?: {
                online: number;
                offline: number;
                charging: number;
            };
            station_ids?: string[];
        };
        CommandBatchItem: {
            item: number;
            station_id: string;
            state: string;
            command_id: string | null;
            command_state: string | null;
            result: string | null;
            code: string | null;
            detail: string | null;
            at: string | null;
            expires_at: string | null;
            status: string | null;
            rtt_ms: number | null;
            error: {
                code: string;
                description: string;
                details: unknown | null;
            } | null;
            response: unknown | null;
        };
        DecisionWebhook: {
            url: string;
            timeout_ms: number;
            /** @enum {string} */
            fallback: "cache" | "accept" | "reject";
            secret: string | null;
            rotated_at: string | null;
            version: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        DecisionWebhookWrite: {
            url: string;
            secret?: string;
            timeout_ms?: number;
            /** @enum {string} */
            fallback?: "cache" | "accept" | "reject";
        };
        DataTransferHandler: {
            id: string;
            vendor_id: string;
            message_id: string | null;
            url: string;
            timeout_ms: number;
            secret: string | null;
            rotated_at: string | null;
            version: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        DataTransferHandlerWrite: {
            vendor_id: string;
            message_id?: string;
            url: string;
            secret?: string;
            timeout_ms?: number;
        };
        DataTransferHandlerReplace: {
            url: string;
            secret?: string;
            timeout_ms?: number;
        };
        Location: {
            id: string;
            name: string;
            address: string | null;
            latitude: number | null;
            longitude: number | null;
            time_zone: string | null;
            stations: {
                total: number;
                online: number;
            };
            version: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        LocationWrite: {
            name: string;
            address?: string;
            latitude?: number;
            longitude?: number;
            time_zone?: string;
        };
        LocationPatch: {
            name?: string | null;
            address?: string | null;
            latitude?: number | null;
            longitude?: number | null;
            time_zone?: string | null;
        };
        SignIn: {
            name: string;
            password: string;
        };
        OwnPasswordWrite: {
            current_password: string;
            new_password: string;
        };
        SignInLink: {
            secret: string;
            /** Format: date-time */
            expires_at: string;
        };
        SignInLinkUse: {
            secret: string;
        };
        User: {
            id: string;
            name: string;
            full_name: string | null;
            role: string;
            disabled: boolean;
            version: number;
            /** Format: date-time */
            created_at: string;
            created_by: string | null;
            /** Format: date-time */
            password_at: string;
            last_sign_in_at: string | null;
            password?: string;
        };
        UserWrite: {
            name: string;
            full_name?: string;
            role: string;
            password?: string;
        };
        UserPatch: {
            full_name?: string | null;
            role?: string;
            disabled?: boolean;
        };
        PasswordWrite: {
            password?: string;
        };
        Role: {
            name: string;
            meaning: string;
            scopes: string[];
            built_in: boolean;
            version: number;
        };
        RoleWrite: {
            name: string;
            meaning?: string;
            scopes: string[];
        };
        RolePatch: {
            meaning?: string;
            scopes?: string[];
        };
        ApiKey: {
            id: string;
            name: string;
            role: string | null;
            scopes: string[];
            networks: string[];
            /** Format: date-time */
            created_at: string;
            created_by: string | null;
            expires_at: string | null;
            last_used_at: string | null;
            revoked_at: string | null;
            revoked_by: string | null;
            key?: string;
        };
        ApiKeyWrite: {
            name: string;
            role?: string;
            scopes?: string[];
            /** Format: date-time */
            expires_at?: string;
            networks?: string[];
        };
        ApiKeyPatch: {
            networks?: string[] | null;
        };
        AuditRow: {
            number: number;
            /** Format: date-time */
            at: string;
            who: string;
            address: string;
            method: string;
            route: string;
            operation: string;
            path: string;
            target: string;
            request_id: string;
            status: number;
            code: string | null;
            summary: string;
            digest: string;
        };
        AuditCheck: {
            intact: boolean;
            first: number;
            last: number;
            broken_at: number | null;
            next: number | null;
            head: string;
        };
        FirmwareImage: {
            id: string;
            vendor: string;
            model: string | null;
            version: string;
            file_name: string | null;
            note: string | null;
            bytes: number;
            sha256: string;
            md5: string;
            is_signed: boolean;
            signing_certificate: string | null;
            signature: string | null;
            created_by: string | null;
            /** Format: date-time */
            created_at: string;
        };
        FirmwareImageForm: {
            vendor: string;
            model?: string;
            version: string;
            sha256?: string;
            md5?: string;
            signing_certificate?: string;
            signature?: string;
            note?: string;
            file: string;
        };
        FirmwareUpdate: {
            kind: string;
            command_id: string | null;
            image_id: string | null;
            version: string | null;
            state: string | null;
            reason: string | null;
            request_id: number | null;
            status: string | null;
            /** Format: date-time */
            at: string;
            started_at: string | null;
            details: unknown | null;
            version_before: string | null;
            version_now: string | null;
            bytes: number | null;
            bytes_sent: number | null;
            downloads: number | null;
            first_download_at: string | null;
            last_download_at: string | null;
            expires_at: string | null;
        };
        Log: {
            id: string | null;
            command_id: string | null;
            kind: string;
            type: string | null;
            /** @enum {string} */
            state: "ordered" | "receiving" | "received" | "removed" | "elsewhere";
            request_id: number | null;
            status: string | null;
            /** Format: date-time */
            at: string;
            started_at: string | null;
            details: unknown | null;
            file_name: string | null;
            content_type: string | null;
            bytes: number | null;
            sha256: string | null;
            received_at: string | null;
            expires_at: string | null;
        };
        File: Record<string, never>;
        CloudEvent: {
            specversion: string;
            id: string;
            source: string;
            type: string;
            subject: string;
            /** Format: date-time */
            time: string;
            sequence: string;
            datacontenttype: string;
            data: unknown;
        };
        EventType: {
            type: string;
            meaning: string;
            schema: unknown;
            example: unknown;
        };
        EventTicket: {
            ticket: string;
            /** Format: date-time */
            expires_at: string;
        };
        Webhook: {
            id: string;
            url: string;
            description: string | null;
            types: string[];
            station_id: string | null;
            /** @enum {string} */
            state: "active" | "paused" | "disabled";
            state_reason: string | null;
            secret: string | null;
            rotated_at: string | null;
            failing_since: string | null;
            last_success_at: string | null;
            last_failure_at: string | null;
            last_failure: string | null;
            version: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        WebhookCreate: {
            url: string;
            description?: string;
            types?: string[];
            station_id?: string;
            secret?: string;
        };
        WebhookPatch: {
            url?: string;
            description?: string | null;
            types?: string[];
            station_id?: string | null;
            /** @enum {string} */
            state?: "active" | "paused";
        };
        WebhookSecretRotate: {
            secret?: string;
        };
        WebhookDelivery: {
            id: string;
            type: string;
            station_id: string | null;
            /** @enum {string} */
            state: "pending" | "delivered" | "failed";
            attempts: number;
            next_at: string | null;
            /** Format: date-time */
            last_at: string;
            last_status: number | null;
            last_failure: string | null;
            duration_ms: number | null;
            /** Format: date-time */
            event_at: string;
        };
        Alert: {
            id: string;
            rule_id: string;
            kind: string;
            /** @enum {string} */
            severity: "critical" | "warning" | "info";
            /** @enum {string} */
            state: "open" | "acknowledged" | "snoozed" | "closed";
            title: string;
            advice: string;
            station_id: string | null;
            evse_id: number | null;
            connector_id: number | null;
            what: string | null;
            worker: string | null;
            reference: string | null;
            due_at: string | null;
            members: {
                total: number;
                open: number;
            } | null;
            group_id: string | null;
            occurrences: number;
            /** Format: date-time */
            since: string;
            /** Format: date-time */
            last_at: string;
            /** Format: date-time */
            opened_at: string;
            acknowledged_at: string | null;
            acknowledged_by: string | null;
            note: string | null;
            snoozed_until: string | null;
            closed_at: string | null;
            closed_by: string | null;
            closed_reason: string | null;
            version: number;
        };
        AlertCounts: {
            open: number;
            acknowledged: number;
            snoozed: number;
            critical: number;
            warning: number;
            info: number;
        };
        AlertAck: {
            note?: string;
        };
        AlertSnooze: {
            seconds?: number;
            note?: string;
        };
        AlertKind: {
            kind: string;
            title: string;
            advice: string;
            /** @enum {string} */
            severity: "critical" | "warning" | "info";
            about_stations: boolean;
            parameters: {
                name: string;
                meaning: string;
                default_value: number;
                min: number;
                max: number;
            }[];
        };
        AlertRule: {
            id: string;
            kind: string;
            name: string | null;
            title: string;
            advice: string;
            /** @enum {string} */
            severity: "critical" | "warning" | "info";
            parameters: unknown;
            station_id: string | null;
            location_id: string | null;
            vendor: string | null;
            enabled: boolean;
            open_alerts: number;
            version: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        AlertRuleCreate: {
            kind: string;
            name?: string;
            /** @enum {string} */
            severity?: "critical" | "warning" | "info";
            parameters?: {
                seconds?: number;
                minutes?: number;
                hours?: number;
                days?: number;
                count?: number;
                level?: number;
                group_from?: number;
            };
            station_id?: string;
            location_id?: string;
            vendor?: string;
            enabled?: boolean;
        };
        AlertRulePatch: {
            name?: string | null;
            severity?: ("critical" | "warning" | "info") | null;
            parameters?: {
                seconds?: number;
                minutes?: number;
                hours?: number;
                days?: number;
                count?: number;
                level?: number;
                group_from?: number;
            };
            station_id?: string | null;
            location_id?: string | null;
            vendor?: string | null;
            enabled?: boolean;
        };
        Statistics: {
            statistic: string;
            definition: string;
            /** @enum {string} */
            interval: "hour" | "day" | "total" | "minute";
            group_by: string | null;
            station_id: string | null;
            location_id: string | null;
            time_zone: string;
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            counted_until: string | null;
            columns: {
                name: string;
                unit: string;
                definition: string;
            }[];
            data: {
                /** Format: date-time */
                from: string;
                /** Format: date-time */
                to: string;
                day: string | null;
                group: string | null;
                values: (number | null)[];
            }[];
        };
        StatisticsNow: {
            /** Format: date-time */
            at: string;
            stations: number;
            online: number;
            faulted: number;
            connectors: {
                status: string;
                count: number;
            }[];
            sessions: {
                running: number;
                started: number;
                ended: number;
                charged: number;
                first_tries: number;
                first_tries_charged: number;
                suspect: number;
            } | null;
            power: {
                /** Format: date-time */
                at: string;
                power_w: number;
                sessions: number;
            } | null;
            commands_waiting: number | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
