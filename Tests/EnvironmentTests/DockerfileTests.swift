import Environment
import Testing

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
        ])
    func mounts(_ text: String) { #expect(Dockerfile.hasMounts(text)) }

    @Test(
        "that does not is not taken for one that does",
        arguments: [
            "FROM x\nRUN mount -t tmpfs x /y", "# RUN --mount=x\nRUN ls", "COPY --from=a /x --mount", "",
        ])
    func others(_ text: String) { #expect(!Dockerfile.hasMounts(text)) }
}
