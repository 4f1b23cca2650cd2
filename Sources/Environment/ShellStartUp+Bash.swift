extension ShellStartUp {
    /// Read by an interactive bash in POSIX mode, login shell or not, instead of all its other files ($ENV, bash(1)).
    static func bash(readsProfile: Bool, readsRC: Bool) -> String {
        let files = """
            if builtin shopt -q login_shell; then
            \(readsProfile ? profile : "    :")
            else
            \(readsRC ? rc : "    :")
            fi
            builtin unset __cmdop_f

            """
        return head + files + hooks
    }

    private static let head = #"""
        # cmdop starts bash with this file, which has bash read the usual ones. It marks prompts and commands.
        builtin set +o posix
        builtin shopt -u inherit_errexit
        if [[ -n ${CMDOP_ENV+set} ]]; then
            builtin export ENV="$CMDOP_ENV"
            builtin unset CMDOP_ENV
        else
            builtin unset ENV
        fi
        if [[ ${HISTFILE-} == "$HOME/.sh_history" ]]; then HISTFILE=$HOME/.bash_history; fi
        __cmdop_k=
        { IFS= builtin read -r -u 3 __cmdop_k; builtin exec 3<&-; } 2>/dev/null

        """#

    private static let profile = #"""
            if [ -r /etc/profile ]; then builtin . /etc/profile; fi
            for __cmdop_f in ~/.bash_profile ~/.bash_login ~/.profile; do
                if [ -r "$__cmdop_f" ]; then
                    builtin . "$__cmdop_f"
                    break
                fi
            done
        """#

    private static let rc = #"""
            for __cmdop_f in /etc/bash.bashrc ~/.bashrc; do
                if [ -r "$__cmdop_f" ]; then builtin . "$__cmdop_f"; fi
            done
        """#

    private static let hooks = #"""
        if [[ -n $__cmdop_k ]]; then
            # __cmdop_ran is 1 from a command on, and empty once it was said how it ended.
            __cmdop_n= __cmdop_z=z __cmdop_ran= __cmdop_h=0 __cmdop_x=
            __cmdop_first='{ __cmdop_prompt; } >/dev/null 2>&1'
            __cmdop_last='{ __cmdop_ready; } 2>/dev/null'
            # In PS0, so before each command, and of no length: 'z' without any of "z...". Whoever sets PROMPT_COMMAND
            # anew takes away its first element, and whoever unsets it both, until the next command.
            __cmdop_start='${__cmdop_n:$((__cmdop_ran=1)):0}${__cmdop_z#[z"${PROMPT_COMMAND[4711]:=$__cmdop_last}"]}'
            __cmdop_start+='$({ __cmdop_begin; } 2>/dev/null)'
            # In PS1, for where both are lost.
            __cmdop_late='\[${__cmdop_ran:+$({ __cmdop_say $?; } 2>/dev/null)}${__cmdop_n:$((__cmdop_ran=0)):0}\]'

            # The text in one line, without control characters, as $__cmdop_e.
            __cmdop_escape() {
                __cmdop_e=${1:0:3000}
                __cmdop_e=${__cmdop_e//\\/\\\\}
                __cmdop_e=${__cmdop_e//$'\n'/\\n}
                __cmdop_e=${__cmdop_e//$'\t'/\\t}
                __cmdop_e=${__cmdop_e//[[:cntrl:]]/?}
            }

            # How the last command ended, if one ran, and where we are.
            __cmdop_say() {
                builtin local - __cmdop_e
                builtin set +xeu
                if ((__cmdop_ran)) || ! builtin shopt -q promptvars; then
                    builtin printf '\e]133;D;%s;%s\a' "$__cmdop_k" "$1"
                fi
                __cmdop_ran=
                __cmdop_escape "$PWD"
                builtin printf '\e]133;A;%s;%s\a' "$__cmdop_k" "$__cmdop_e"
            }

            # Before anything else at a prompt.
            __cmdop_prompt() {
                builtin local - __cmdop_s=$?
                builtin set +xeu
                __cmdop_say "$__cmdop_s" >/dev/tty
                if [[ ${PROMPT_COMMAND[0]-} != "$__cmdop_first" || ${PROMPT_COMMAND[-1]-} != "$__cmdop_last" ]]; then
                    __cmdop_install
                fi
                builtin return "$__cmdop_s"
            }

            # Behind everything else: the prompt may have been made anew, and what is before everything else taken away.
            __cmdop_ready() {
                builtin local - __cmdop_s=$? __cmdop_e='\!'
                builtin set +xeu
                [[ -z $__cmdop_ran ]] || __cmdop_say "$__cmdop_s" >/dev/tty
                [[ ${PROMPT_COMMAND[0]-} == "$__cmdop_first" ]] || __cmdop_install
                __cmdop_h=${__cmdop_e@P}
                __cmdop_x=
                if [[ $- == *H* ]]; then __cmdop_x=${histchars-!^}; fi
                __cmdop_clean
                if ! builtin shopt -q promptvars; then
                    PS1=${PS1-}'\[\e]133;B;'"$__cmdop_k;$__cmdop_s;$__cmdop_x"'\a\]'
                    PS2='\[\e]133;P;'"$__cmdop_k"'\a\]'${PS2-} PS0='\e]133;C;'"$__cmdop_k"';weak;\a'${PS0-}
                    builtin return "$__cmdop_s"
                fi
                [[ ${PS1-} == *__cmdop_k* ]] || PS1=$__cmdop_late${PS1-}'\[\e]133;B;${__cmdop_k};$?;${__cmdop_x}\a\]'
                [[ ${PS2-} == *__cmdop_k* ]] || PS2='\[\e]133;P;${__cmdop_k}\a\]'${PS2-}
                [[ ${PS0-} == *__cmdop_ran* ]] || PS0=$__cmdop_start${PS0-}
                builtin return "$__cmdop_s"
            }

            # Without 'promptvars', prompts have the marks themselves: what was there for the other way is taken away.
            __cmdop_clean() {
                PS1=${PS1%'\[\e]133;B;'"$__cmdop_k"*} PS2=${PS2#'\[\e]133;P;'"$__cmdop_k"'\a\]'}
                PS0=${PS0#'\e]133;C;'"$__cmdop_k"';weak;\a'}
                if ! builtin shopt -q promptvars; then
                    PS1=${PS1#"$__cmdop_late"} PS1=${PS1%'\[\e]133;B;${__cmdop_k}'*}
                    PS2=${PS2#'\[\e]133;P;${__cmdop_k}\a\]'} PS0=${PS0#"$__cmdop_start"}
                fi
            }

            # In PS0, so in a process of its own: the command that runs now, as the history has it.
            __cmdop_begin() {
                builtin local - __cmdop_e __cmdop_l __cmdop_i __cmdop_w=weak
                builtin set +xeu
                __cmdop_l=$(HISTTIMEFORMAT= builtin history 1)
                __cmdop_i=${__cmdop_l#"${__cmdop_l%%[0-9]*}"}
                __cmdop_l=${__cmdop_i#"${__cmdop_i%%[!0-9]*}"}
                __cmdop_i=${__cmdop_i%%[!0-9]*}
                __cmdop_escape "${__cmdop_l:2}"
                if [[ -o history && -n $__cmdop_i ]] && ((__cmdop_i >= __cmdop_h)); then
                    __cmdop_w=strong
                else
                    __cmdop_e=
                fi
                builtin printf '\e]133;C;%s;%s;%s\a' "$__cmdop_k" "$__cmdop_w" "$__cmdop_e"
            }

            # Our commands are the first and the last, whatever others are there.
            __cmdop_install() {
                builtin local __cmdop_c
                local -a __cmdop_o=()
                for __cmdop_c in "${PROMPT_COMMAND[@]}"; do
                    __cmdop_c=${__cmdop_c//"$__cmdop_first"/:}
                    __cmdop_c=${__cmdop_c//"$__cmdop_last"/:}
                    [[ -z $__cmdop_c || $__cmdop_c == : ]] || __cmdop_o+=("$__cmdop_c")
                done
                PROMPT_COMMAND=("$__cmdop_first" "${__cmdop_o[@]}" [4711]="$__cmdop_last")
            }
            __cmdop_install
        fi

        """#
}
