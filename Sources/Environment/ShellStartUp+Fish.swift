extension ShellStartUp {
    /// Read by fish as a vendor's configuration, before the user's `config.fish`.
    static let fish = #"""
        # cmdop has fish read this file besides the usual ones. It marks prompts and commands.
        if set -q CMDOP_XDG_DATA_DIRS
            set -gx XDG_DATA_DIRS $CMDOP_XDG_DATA_DIRS
            set -e CMDOP_XDG_DATA_DIRS
        else
            set -e XDG_DATA_DIRS
        end
        status is-interactive; or exit

        # Its own 'read' can not read from other descriptors than its input.
        set -g __cmdop_k (command cat <&3 2>/dev/null)
        test -n "$__cmdop_k"; or exit

        # The text in one line, without control characters.
        function __cmdop_escape
            string sub -l 3000 -- $argv[1] | string replace -a '\\' '\\\\' | string replace -a \t '\\t' \
                | string replace -ar '[[:cntrl:]]' '?' | string join '\\n'
        end

        function __cmdop_preexec --on-event fish_preexec
            printf '\e]133;C;%s;strong;%s\a' $__cmdop_k (__cmdop_escape "$argv") >/dev/tty
        end

        function __cmdop_postexec --on-event fish_postexec
            printf '\e]133;D;%s;%s\a' $__cmdop_k $status >/dev/tty
        end

        function __cmdop_prompt --on-event fish_prompt
            printf '\e]133;A;%s;%s\a' $__cmdop_k (__cmdop_escape $PWD) >/dev/tty
            # The prompt's own function may have been defined anew.
            if not string match -q '*__cmdop_reads*' -- (functions fish_prompt | string collect)
                functions -e __cmdop_user_prompt
                functions -c fish_prompt __cmdop_user_prompt
                function fish_prompt
                    __cmdop_user_prompt
                    __cmdop_reads
                end
            end
        end

        function __cmdop_reads
            printf '\e]133;B;%s;\a' $__cmdop_k
        end

        """#
}
