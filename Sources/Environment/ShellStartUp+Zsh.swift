extension ShellStartUp {
    /// `PROMPT_EOL_MARK`, what zsh prints behind a line without an end. On some machines `/etc/zsh/zshenv`, which zsh
    /// reads first, sets `ZDOTDIR`, so that zsh does not read our file. But before its first prompt it expands this,
    /// which with `-o promptsubst` may assign, and then calls `precmd_functions` (`preprompt` in its utils.c).
    static func zshEndOfLineMark(reading file: String) -> String {
        "${${functions[__cmdop_late]::=builtin source '\(file)'}:+}"
            + "${${(A)=precmd_functions::=__cmdop_late $precmd_functions}:+}%B%S%#%s%b"
    }

    /// Read by zsh as its first file of the user's; the others are read from the user's own place then.
    static let zsh = #"""
        # cmdop starts zsh with this file, which has zsh read the usual ones. It marks prompts and commands.
        if (( ${+CMDOP_EOL_MARK} )); then
            'builtin' 'unset' CMDOP_EOL_MARK PROMPT_EOL_MARK
        fi
        if (( ! ${+functions[__cmdop_late]} )); then
            if (( ${+CMDOP_ZDOTDIR} )); then
                'builtin' 'export' ZDOTDIR=$CMDOP_ZDOTDIR
            else
                'builtin' 'unset' ZDOTDIR
                # The machine's own file may set it only where it is not set, and was read with ours.
                for __cmdop_k in /etc/zsh/zshenv /etc/zshenv; do
                    if [[ -z ${ZDOTDIR-} && -r $__cmdop_k && "$(<$__cmdop_k)" == *ZDOTDIR* ]]; then
                        ZDOTDIR=$('builtin' 'source' $__cmdop_k &>/dev/null; 'builtin' 'print' -r -- ${ZDOTDIR-})
                        if [[ -n $ZDOTDIR ]]; then 'builtin' 'export' ZDOTDIR; else 'builtin' 'unset' ZDOTDIR; fi
                    fi
                done
            fi
            # Only for a zsh that does not read this file first.
            'builtin' 'unsetopt' promptsubst
        fi
        'builtin' 'unset' CMDOP_ZDOTDIR
        'builtin' 'typeset' -gH __cmdop_k=
        IFS= 'builtin' 'read' -r -u 3 __cmdop_k 2>/dev/null
        { 'builtin' 'exec' 3<&-; } 2>/dev/null

        if (( ! ${+functions[__cmdop_late]} )) && [[ -r ${ZDOTDIR:-$HOME}/.zshenv ]]; then
            'builtin' 'source' ${ZDOTDIR:-$HOME}/.zshenv
        fi

        if [[ -o 'interactive' && -n $__cmdop_k ]]; then
            'builtin' 'typeset' -g __cmdop_ran=0

            # The text in one line, without control characters, as $REPLY.
            __cmdop_escape() {
                REPLY=${1[1,3000]}
                REPLY=${REPLY//\\/\\\\}
                REPLY=${REPLY//$'\n'/\\n}
                REPLY=${REPLY//$'\t'/\\t}
                REPLY=${REPLY//[[:cntrl:]]/?}
            }

            __cmdop_precmd() {
                builtin local __cmdop_s=$? REPLY
                builtin emulate -L zsh +x
                (( __cmdop_ran )) && builtin printf '\e]133;D;%s;%s\a' "$__cmdop_k" "$__cmdop_s" >/dev/tty
                __cmdop_ran=0
                __cmdop_escape "$PWD"
                builtin printf '\e]133;A;%s;%s\a' "$__cmdop_k" "$REPLY" >/dev/tty
                __cmdop_restore
                builtin return $__cmdop_s
            }

            # Others may have taken away what we hang on: each of our functions puts back all of it.
            __cmdop_restore() {
                builtin local REPLY
                (( ${precmd_functions[(Ie)__cmdop_precmd]} )) \
                    || precmd_functions=(__cmdop_precmd "${precmd_functions[@]}")
                (( ${preexec_functions[(Ie)__cmdop_preexec]} )) \
                    || preexec_functions=(__cmdop_preexec "${preexec_functions[@]}")
                (( ${zshaddhistory_functions[(Ie)__cmdop_addhistory]} )) \
                    || zshaddhistory_functions=(__cmdop_addhistory "${zshaddhistory_functions[@]}")
                # What zsh prints behind a last line without an end is not the command's output.
                if [[ ${PROMPT_EOL_MARK-} != *"$__cmdop_k"* ]]; then
                    REPLY="%{"$'\e'"]133;E;$__cmdop_k;%?"$'\a'"%}"
                    builtin typeset -gH PROMPT_EOL_MARK="$REPLY${PROMPT_EOL_MARK-%B%S%#%s%b}"
                fi
                [[ ${PS2-} == *"133;P"* ]] || __cmdop_ps2
                # Not before the user's own files, which may have widgets of this name.
                if [[ ${widgets[zle-line-init]-} != user:azhw:zle-line-init ]]; then
                    builtin autoload -Uz add-zle-hook-widget
                    add-zle-hook-widget line-init __cmdop_line
                fi
            }

            __cmdop_ps2() {
                builtin typeset -gH PS2="%{"$'\e'"]133;P;$__cmdop_k"$'\a'"%}${PS2-}"
            }

            # The line editor reads. It asks for bracketed pastes only behind this, so we do before.
            __cmdop_line() {
                builtin local __cmdop_x=
                [[ -o banghist ]] && __cmdop_x=${histchars-}
                builtin emulate -L zsh +x
                if [[ $CONTEXT == start ]]; then
                    builtin local __cmdop_p=
                    [[ ${#zle_bracketed_paste} == 2 ]] && __cmdop_p=${zle_bracketed_paste[1]}
                    builtin printf '%s\e]133;B;%s;;%s\a' "$__cmdop_p" "$__cmdop_k" "$__cmdop_x" >/dev/tty
                    __cmdop_restore
                fi
                builtin return 0
            }

            __cmdop_preexec() {
                builtin local REPLY
                builtin emulate -L zsh +x
                __cmdop_ran=1
                __cmdop_escape "${1:-$3}"
                builtin printf '\e]133;C;%s;strong;%s\a' "$__cmdop_k" "$REPLY" >/dev/tty
                __cmdop_restore
            }

            # Of a line that was entered, before it runs.
            __cmdop_addhistory() {
                builtin emulate -L zsh +x
                __cmdop_restore
                builtin return 0
            }

            'builtin' 'typeset' -ga precmd_functions preexec_functions zshaddhistory_functions
            precmd_functions+=(__cmdop_precmd)
            preexec_functions+=(__cmdop_preexec)
            if (( ${+functions[__cmdop_late]} )); then
                # The first prompt is being made, and its functions are being called.
                precmd_functions=(${precmd_functions:#(__cmdop_late|)})
                __cmdop_precmd
            fi
        fi
        (( ! ${+functions[__cmdop_late]} )) || 'builtin' 'unfunction' __cmdop_late

        """#
}
