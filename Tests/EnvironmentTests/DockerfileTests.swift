import Environment
import Testing
import Wire

@Suite("A Dockerfile")
struct DockerfileTests {
    @Test(
        "that mounts something in a step is known by it, however it is written",
        arguments: [
            "FROM x\nRUN --mount=type=bind,source=/l,target=/h ls", "run --mount=x ls",
            "RUN --network=none --mount=x ls",
            "RUN \\\n  --mount=x ls", "RUN --mo\\\n# a comment\n\nunt=x ls", "# escape=`\nRUN `\n --mount=x ls",
            "ONBUILD RUN --mount=x ls", "RUN\t--mount=x ls", "RUN --mount=x ls \\",
            "FROM x\r\nRUN \\\r\n--mount=x ls\r\n",
            // The builder takes quotes and backslashes out of options, and puts variables in.
            "RUN --mo\\unt=x ls", "RUN --\"mount\"=x ls", "RUN --$M=x ls", "RUN -\\\n-mount=x ls",
            "onbuild onbuild RUN --mount=x ls", "RUN --network=host ls",
            // What ends a line, parts words or continues a line elsewhere, but not for the builder.
            "RUN echo \\\u{2028}\nRUN --mount=x ls", "RUN \u{A0}--mount=x ls", "RUN echo \\\\\nRUN --mount=x ls",
            "\u{FEFF}RUN --mount=x ls", "# a\n# escape=`\nRUN `\n--mount=x ls",
        ])
    func mounts(_ text: String) { #expect(Dockerfile.hasMounts(text)) }

    @Test(
        "that does not is not taken for one that does",
        arguments: [
            "FROM x\nRUN mount -t tmpfs x /y", "# RUN --mount=x\nRUN ls", "COPY --from=a /x --mount", "",
            "FROM x\nRUN tool --mount=x", "RUN --network=none ls", "RUN [\"--mount=x\"]", "RUN - --mount",
        ])
    func others(_ text: String) { #expect(!Dockerfile.hasMounts(text)) }

    private func parsed(_ text: String, hasDocuments: Bool = true) throws(DockerfileError) -> Dockerfile {
        try Dockerfile(parsing: Array(text.utf8), hasDocuments: hasDocuments)
    }

    @Test("is written anew with one instruction a line, and means the same then")
    func text() throws {
        let file = try parsed(
            """
            # syntax=docker/dockerfile:1
            from  a AS b
              Run one \\
                # not this

                && two   three
            COPY <<-EOF <<"E2" /x
            RUN not an instruction
            \tEOF
            more \\
            E2
            CMD ["x"]
            """)
        let text = """
            FROM a AS b
            RUN one     && two   three
            COPY <<-EOF <<"E2" /x
            RUN not an instruction
            \tEOF
            more \\
            E2
            CMD ["x"]

            """
        #expect(String(decoding: file.text, as: UTF8.self) == text)
        let again = try parsed(String(decoding: file.text, as: UTF8.self))
        #expect(again.text == file.text && again.instructions.map(\.keyword) == ["FROM", "RUN", "COPY", "CMD"])
        #expect(try parsed("# escape=`\nRUN a `\nb\\").text == Array("# escape=`\nRUN a b\\\n".utf8))
    }

    @Test(
        "is refused where two readers could take it for different things",
        arguments: [
            "FRΟM x", "RUN a\nINCLUDE x", "#escape=`\nFROM x\nRUN x `\r\r", "RUN a \\\\\nb", "ＲUN x",
            // Whether these begin a here-document depends on how a shell's words are read.
            "RUN 'x <<EOF y'\nRUN --mount=x ls\nEOF", "RUN a\u{A0}<<EOF\nx\nEOF", "RUN ${X:-<<EOF}\nx\nEOF",
            "RUN <<EO\\F\nx\nEOF", "RUN <<EOF\nx", "ONBUILD RUN <<EOF\nx\nEOF",
        ])
    func refused(_ text: String) { #expect(throws: DockerfileError.self) { try parsed(text) } }

    @Test("has no here-documents for a builder that knows none, and a shell's own are none")
    func noDocuments() throws {
        #expect(try parsed("RUN cat <<EOF\nRUN x", hasDocuments: false).instructions.count == 2)
        #expect(try parsed("RUN cat <<<x\nRUN echo $((1<<2)) 1<<<y").instructions.count == 2)
    }

    // MARK: Images

    private func images(_ text: String, _ arguments: [EnvironmentVariable] = []) throws -> [String] {
        try parsed(text).images(arguments: arguments).map { "\($0.name)\($0.platform.map { " \($0)" } ?? "")" }
    }

    @Test("names its images in FROM and COPY --from, with its arguments put in; its own stages are none")
    func named() throws {
        let given = [EnvironmentVariable(name: "TAG", value: "12"), EnvironmentVariable(name: "X", value: "")]
        let text = """
            ARG TAG=1
            ARG NAME="deb"'ian' OTHER=host:5000/o
            ARG ALL=$NAME:${TAG}
            FROM $ALL AS One
            ARG TAG=2
            COPY --chown=1 --from=busybox:${TAG} /x /y
            COPY --from=0 /x /y
            FROM --platform=${TARGETPLATFORM:-} $OTHER/${X:-d}${X:+no}${NONE-e}@sha256:00
            COPY --from=one /x /y
            FROM one
            FROM --platform=linux/none debian:12 AS two
            FROM scratch
            """
        #expect(
            try images(text, given) == [
                "debian:12", "busybox:12", "host:5000/o/de@sha256:00", "debian:12 linux/none",
            ])
    }

    @Test("begins from exactly the images that were looked at, and its stages keep their names")
    func pinned() throws {
        let file = try parsed("ARG A=x\nFROM --platform=linux/none $A as One\nFROM ONE\nFROM scratch AS c\nRUN ls")
        let images = try file.images(arguments: [])
        let pinned = try file.pinned(arguments: [], ids: [try #require(images.first): "id1"])
        #expect(
            String(decoding: pinned.text, as: UTF8.self)
                == "ARG A=x\nFROM id1 AS One\nFROM One\nFROM scratch AS c\nRUN ls\n")
    }

    @Test(
        "whose images can not be told, or are none of a registry, is refused with its line",
        arguments: [
            "FROM ${A#x}", "FROM $", "FROM ${A", "FROM 'a", "FROM a b", "FROM a AS 1", "FROM a AS $B", "FROM",
            "FROM dir:/etc", "FROM docker-archive:x.tar", "FROM oci:x/y", "FROM docker://x", "FROM x:y/z",
            "FROM containers-storage:x", "FROM --platform=a,b x", "FROM --other=1 x", "FROM ../x", "FROM $NONE",
            "RUN ls\nFROM a", "FROM a\nCOPY --from=dir:/etc /x /y",
        ])
    func noImages(_ text: String) { #expect(throws: DockerfileError.self) { try images(text) } }

    @Test("of names of images, those of registries are let through")
    func names() {
        for name in ["debian", "debian:12", "a.b/c-d/e_f:1.2", "localhost:5000/x:y", "x@sha256:00", "h:1/x@sha256:0"] {
            #expect(ImageName.isOfRegistry(name), "\(name)")
        }
        for name in ["", "-x", "/x", "x//y", "x/../y", "x y", "x\n", "dir:x", "sif:x.sif", "oci-archive:/x", "é"] {
            #expect(!ImageName.isOfRegistry(name), "\(name)")
        }
    }

    // MARK: What may run

    private func refusal(_ text: String, allowsOnBuild: Bool = false) throws -> String? {
        do throws(DockerfileError) {
            try BuildSteps.check(parsed(text), allowsOnBuild: allowsOnBuild)
            return nil
        } catch {
            return "\(error.line): \(error.sentence)"
        }
    }

    @Test("of the project may have ONBUILD where the environment allows it, and never a mount in it")
    func ownTriggers() throws {
        #expect(try refusal("FROM a\nRUN x") == nil)
        let one = try #require(try refusal("FROM a\nonbuild run x"))
        #expect(one.hasPrefix("2: it has \"ONBUILD run x\"") && one.contains("allow-onbuild: true"))
        #expect(try refusal("FROM a\nONBUILD RUN x", allowsOnBuild: true) == nil)
        #expect(try refusal("FROM a\nONBUILD RUN --mount=x x", allowsOnBuild: true)?.hasPrefix("2: ") == true)
        #expect(try refusal("FROM a\nRUN --network=host x")?.contains("network") == true)
    }

    @Test(
        "of an image's instructions for what is built on it, none mounts anything, however it is written",
        arguments: [
            ["RUN --mount=type=bind x"], ["run  --MOUNT=x y"], ["RUN --mo\\\nunt=x y"], ["RUN -\\", "-mount=x y"],
            ["# escape=`\nRUN --mo`\nunt=x y"], ["RUN --m\"ou\"nt=x y"], ["RUN --$X=y z"], ["RUN x\nRUN --mount=y z"],
            ["ENV A=b", "RUN --mount=x y"], ["ONBUILD RUN x"], ["FROM y"], ["RUN --network=host x"], ["RUN x \\"],
            ["RUN\u{A0}--mount=x y"], ["RUN \u{A0}--$X=x y"], ["RUN <<EOF\nx\nEOF\nRUN --mount=x y"], ["NEW x"],
            ["RUN ls \\ ", "--mount=x"], ["COPY <<A /x\nB\nA\nRUN --mount=y z"], ["RUN --security=insecure x"],
        ])
    func triggers(_ all: [String]) {
        #expect(BuildSteps.reasonAgainst(all, hasDocuments: false) != nil)
        #expect(BuildSteps.reasonAgainst(all, hasDocuments: true) != nil)
    }

    @Test("of an image's instructions for what is built on it, plain ones may be allowed")
    func plainTriggers() {
        let all = ["COPY . /src", "RUN npm run --prod && \\\n echo 'it is \"so\"'", "ENV A=b"]
        #expect(BuildSteps.reasonAgainst(all, hasDocuments: false) == nil)
    }

    // MARK: Images' own words

    @Test("what an image says of what is built on it is found as the builder finds it")
    func configuration() {
        func triggers(_ text: String) -> [String]? { ImageConfiguration.triggers(Array(text.utf8)) }
        #expect(triggers(#"{"config": {"OnBuild": ["RUN x", "RUN y"]}}"#) == ["RUN x", "RUN y"])
        #expect(triggers(#"{"CONFIG": {"onbu\u0069ld": ["RUN x"]}, "config": {"OnBuild": null}}"#) == ["RUN x"])
        #expect(triggers(#"{"container_config": {"ONBUILD": ["RUN x"]}}"#) == ["RUN x"])
        #expect(triggers(#"{"config": {"Labels": {"OnBuild": "x"}, "OnBuild": []}}"#) == [])
        #expect(triggers(#"{"config": {"OnBuild": "RUN x"}}"#) == nil && triggers("[]") == nil && triggers("{") == nil)
        func digest(_ text: String) -> String? { ImageConfiguration.digest(ofManifest: Array(text.utf8)) }
        #expect(digest(#"{"config": {"digest": "sha256:0"}}"#) == "sha256:0")
        #expect(digest(#"{"config": {"digest": "a"}, "Config": {"digest": "b"}}"#) == nil && digest("{}") == nil)
        #expect(ImageConfiguration.file(of: "sha256:ab") == "=c2hhMjU2OmFi")
    }
}
