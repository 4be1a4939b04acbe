using Cnn.Campaigns.Processes;
using Cnn.Campaigns.SystemErrors;
using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public sealed class ConvertCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    // layer { name: D6 D0 type: "ReLU" }, as prototxt and in the wire format.
    private static byte[] GbkText =>
        [.. "# "u8, 0xD6, 0xD0, .. "\nlayer {\n  name: \""u8, 0xD6, 0xD0, .. "\"\n  type: \"ReLU\"\n}\n"u8];

    private static byte[] GbkBinary => [0xA2, 6, 10, 0x0A, 2, 0xD6, 0xD0, 0x12, 4, .. "ReLU"u8];

    private static ReadOnlySpan<byte> SchemaLine => "# yaml-language-server: $schema=net.schema.json\n"u8;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void NamesOfAnyBytesStayTheSameBytesInEveryFormat()
    {
        File.WriteAllBytes(folder["a.prototxt"], GbkText);
        byte[] withoutComment = GbkText[5..];
        Assert.Equal(withoutComment, Converted("a.prototxt", "b.prototxt"));
        Assert.Equal(GbkBinary, Converted("a.prototxt", "b.caffemodel"));
        Assert.Equal(withoutComment, Converted("b.caffemodel", "c.prototxt"));
        Assert.Equal(GbkBinary, Converted("b.caffemodel", "d.caffemodel"));
        Converted("b.caffemodel", "e.yaml");
        Assert.Equal(withoutComment, Converted("e.yaml", "f.prototxt"));
        Assert.Equal(GbkBinary, Converted("e.yaml", "g.caffemodel"));
    }

    [Fact]
    public void YamlOfAnyBytesIsTakenAndWhatIsWrittenIsUtf8()
    {
        File.WriteAllBytes(
            folder["a.yaml"],
            [.. "# "u8, 0xD6, 0xD0, .. "\nlayer: {name: "u8, 0xD6, 0xD0, .. ", type: ReLU}\n"u8]);
        Assert.Equal(GbkBinary, Converted("a.yaml", "b.caffemodel"));
        byte[] yaml = [.. SchemaLine, .. "layer:\n- name: \"\\uefd6\\uefd0\"\n  type: ReLU\n"u8];
        Assert.Equal(yaml, Converted("a.yaml", "c.yaml"));
    }

    [Fact]
    public void CharactersThatStandForBytesAreThemselvesInAFile()
    {
        byte[] icon = "name: \"\uEF80\uEFFF\"\n"u8.ToArray();
        File.WriteAllBytes(folder["a.prototxt"], icon);
        Assert.Equal(icon, Converted("a.prototxt", "b.prototxt"));
        byte[] yaml = [.. SchemaLine, .. "name: \"\uEF80\uEFFF\"\n"u8];
        Assert.Equal(yaml, Converted("b.prototxt", "c.yaml"));
        Assert.Equal(icon, Converted("c.yaml", "d.prototxt"));
    }

    [Fact]
    public void AnErrorShowsALineOfAnyBytes()
    {
        File.WriteAllBytes(folder["a.prototxt"], [.. "layer { name: \""u8, 0xD6, 0xD0, .. "\" nmae: 1 }"u8]);
        CommandLine run = CommandLine.Run("convert", folder["a.prototxt"], folder["b.yaml"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            "\n    layer { name: \"\uFFFD\uFFFD\" nmae: 1 }\n" + new string(' ', 4 + 19) + "^",
            run.Error,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fork.caffemodel")]
    [InlineData("fork.binaryproto")]
    public void BinaryToBinaryKeepsWhatTheSchemaDoesNotHave(string to)
    {
        // An unknown field before known ones, half precision, a group.
        byte[] fork =
        [
            0xA2, 6, 0, 0xD2, 0x0C, 2, 8, 1, 0x0A, 1, (byte)'a', 0x3A, 8, 0x50, 2, 0x62, 4, 0, 0x3C, 0, 0x40,
            0xE3, 0x12, 8, 1, 0xE4, 0x12,
        ];
        fork[2] = (byte)(fork.Length - 3);
        File.WriteAllBytes(folder["a.caffemodel"], fork);
        Assert.Equal(fork, Converted("a.caffemodel", to));
    }

    [Fact]
    public void TextThatLosesUnknownFieldsIsWrittenAndTheExitCodeIsOne()
    {
        var net =
            new NetParameter { Layer = { new LayerParameter { Name = "ip" }, new LayerParameter { Name = "b" } } };
        net.Layer[0].MergeFrom((byte[])[0xD2, 0x0C, 2, 8, 1]);
        File.WriteAllBytes(folder["a.caffemodel"], net.ToByteArray());
        foreach (string to in (string[])["b.prototxt", "b.yaml"])
        {
            CommandLine run = CommandLine.Run("convert", folder["a.caffemodel"], folder[to]);
            Assert.Equal(1, run.ExitCode);
            Assert.Contains(
                "layer 'ip': 1 unknown field of LayerParameter (202) left out", run.Error, StringComparison.Ordinal);
            Assert.Equal(2, ProtoFile.LoadNet(folder[to]).Message.Layer.Count);
        }

        Assert.Equal(1, CommandLine.Run("upgrade_net_proto_text", folder["a.caffemodel"], folder["c"]).ExitCode);
    }

    [Theory]
    [InlineData("convert", "b.yaml")]
    [InlineData("convert", "b.caffemodel")]
    [InlineData("upgrade_net_proto_text", "b.prototxt")]
    public void AFieldOfAForkInASourceOfDataIsSaidToBeLeftOut(string command, string to)
    {
        folder.Write("a.prototxt", "layer { name: 'd' type: 'Data' transform_param { mask_param { active: true } } }");

        CommandLine run = CommandLine.Run(command, folder["a.prototxt"], folder[to]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            "a.prototxt:1:50: field 'mask_param' of TransformationParameter is of MyCaffe and not supported",
            run.Error,
            StringComparison.Ordinal);
        Assert.Equal("d", Assert.Single(ProtoFile.LoadNet(folder[to]).Message.Layer).Name);
    }

    [Fact]
    public void UpgradingKeepsUnknownFieldsOfBinaryFiles()
    {
        var net = new NetParameter { Layer = { new LayerParameter { Name = "ip", Type = "ReLU" } } };
        net.Layer[0].MergeFrom((byte[])[0xD2, 0x0C, 2, 8, 1]);
        File.WriteAllBytes(folder["a.caffemodel"], net.ToByteArray());
        CommandLine run = CommandLine.Run("convert", "--upgrade", folder["a.caffemodel"], folder["b.caffemodel"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(net.ToByteArray(), File.ReadAllBytes(folder["b.caffemodel"]));
    }

    [Theory]
    [InlineData("EACCES", 1, "no permission")]
    [InlineData("EIO", 2, "the disk or device fails to read or write")]
    public void AFileThatCannotBeOpenedIsNotTakenForAnotherKind(string failure, int exitCode, string reason)
    {
        Assert.SkipUnless(StraceProgram.Missing is null, $"strace is needed: {StraceProgram.Missing}");
        File.WriteAllBytes(folder["nameless.bin"], GbkBinary);
        var point = new FaultPoint("nameless.bin", "openat", 1, new Failure($"error={failure}", false));

        Assert.True(Strace.Inject(
            folder.Path, ["convert", "nameless.bin", "out.prototxt"], point, out ProcessResult result));

        Assert.Equal(
            (exitCode, $"cnn: cannot read 'nameless.bin': {reason}\n", false),
            (result.ExitCode, result.Error, File.Exists(folder["out.prototxt"])));
    }

    [Fact]
    public void ADamagedFileIsSaidToBeOneInOurWords()
    {
        File.WriteAllBytes(folder["a.prototxt"], [0xA2, 6, 200]);
        CommandLine run = CommandLine.Run("convert", "--kind", "net", folder["a.prototxt"], folder["b.yaml"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            $"cnn: {folder["a.prototxt"]}: is damaged or not a binary NetParameter; "
                + "it was read as binary because text has no such control characters",
            run.Error.TrimEnd());
    }

    private byte[] Converted(string from, string to)
    {
        CommandLine run = CommandLine.Run("convert", "--kind", "net", folder[from], folder[to]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return File.ReadAllBytes(folder[to]);
    }
}
