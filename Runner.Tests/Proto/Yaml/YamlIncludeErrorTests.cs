using System.Text;
using Cnn.Proto;

namespace Cnn.Tests.Proto.Yaml;

/// <summary>Wrong and hostile includes are errors with their places, and end soon.</summary>
[Trait("Category", "Fuzz")]
public sealed class YamlIncludeErrorTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(
        "layer: {include: blokc.yaml}",
        "net.yaml:1:18: '{folder}blokc.yaml' does not exist; did you mean 'block.yaml'?")]
    [InlineData("layer: {include: nowhere/b.yaml}", "net.yaml:1:18: '{folder}nowhere/b.yaml' does not exist")]
    [InlineData("layer: {include: .}", "net.yaml:1:18: '{folder}.' is a folder, not a file")]
    [InlineData("layer: {include: \"\"}", "net.yaml:1:18: a file is asked for and its path is empty")]
    [InlineData("layer: {include: \"a\\0b\"}", "net.yaml:1:18: the path 'a\\000b' holds a NUL character")]
    [InlineData("layer: {include: net.yaml}", "net.yaml:1:18: '{folder}net.yaml' includes itself")]
    [InlineData("include: net.yaml", "net.yaml:1:10: '{folder}net.yaml' includes itself")]
    [InlineData("include: [a.yaml]", "net.yaml:1:10: expected the path of a YAML file, found a list")]
    [InlineData("with: {a: 1}", "net.yaml:1:1: 'with' stands beside an 'include', and there is none")]
    [InlineData(
        "layer: {include: a.prototxt}", "net.yaml:1:18: an include takes a YAML file, found '{folder}a.prototxt'")]
    [InlineData(
        "layer: {include: block.yaml, name: x}", "net.yaml:1:30: key 'name' cannot stand beside 'include' of a file")]
    [InlineData(
        "layer: {include: block.yaml}",
        "net.yaml:1:18: '{folder}block.yaml' needs a value for its parameter 'name'; give it in 'with: {name: ...}'")]
    [InlineData(
        "layer: {include: block.yaml, with: {name: a, chanels: 3}}",
        "net.yaml:1:46: '{folder}block.yaml' takes no parameter 'chanels'; did you mean 'channels'?")]
    [InlineData("layer: {include: block.yaml, with: 3}", "net.yaml:1:36: expected a map of parameters, found '3'")]
    [InlineData("layer: {include: block.yaml, with: {name: [1]}}", "1:43: expected a number or text, found a list")]
    [InlineData("layer: {include: block.yaml, with: {name: }}", "expected a number or text, found nothing")]
    [InlineData("layer: {include: block.yaml, with: {a b: 1}}", "expected the name of a parameter, found 'a b'")]
    [InlineData("layer: {include: block.yaml, with: {name: 1, name: 2}}", "1:46: key 'name' is given twice")]
    [InlineData("layer: {name: a, include: [block.yaml]}", "expected a map, the NetStateRule for 'include'")]
    [InlineData(
        "layer: {include: block.yaml, with: {name: a, channels: many}}",
        "block.yaml:4:35: expected a whole number, 0 or more for 'num_output', found 'many'")]
    public void AMistakeInAnIncludeIsToldWhereItStands(string net, string message)
    {
        folder.Write("a.prototxt", "layer { }");
        folder.Write(
            "block.yaml",
            """
            parameters: {name: , channels: 3}
            layer:
            - name: ${name}
              convolution_param: {num_output: "${channels}"}
            """);
        Assert.Contains(
            message.Replace("{folder}", folder.Path + "/", StringComparison.Ordinal),
            Errors(net).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("layer: {nmae: x}", "b.yaml:1:9: unknown field 'nmae' in LayerParameter; did you mean 'name'?")]
    [InlineData("layer: {name: 'a${b'}", "b.yaml:1:15: '${' is not the start of a parameter; write ${name}")]
    [InlineData("layer: {name: '${a b}'}", "b.yaml:1:15: '${' is not the start of a parameter")]
    [InlineData("layer: {name: '${b'}", "b.yaml:1:15: '${' is not the start of a parameter")]
    [InlineData("layer: {name: '${b}'}", "b.yaml:1:15: parameter 'b' has no value; give it in 'with: {b: ...}'")]
    [InlineData("parameters: {b: 1}\nlayer: {name: a}", "b.yaml:1:14: parameter 'b' is not used")]
    [InlineData("parameters: [b]\nlayer: {name: a}", "b.yaml:1:13: expected a map of parameters and their defaults")]
    [InlineData("force_backward: true\nlayer: {}", "b.yaml:1:1: key 'force_backward' has no meaning in a file that is")]
    [InlineData("name: a", "b.yaml:1:1: '{folder}b.yaml' has no 'layer'; a file among layers has 'layer'")]
    [InlineData("- name: a", "b.yaml:1:1: expected a map, found a list")]
    [InlineData("", "b.yaml:1:1: expected a map, found nothing")]
    [InlineData("layer: {", "b.yaml:2:1: this is not YAML")]
    [InlineData("layer: {name: *x}", "b.yaml:1:15: no anchor '&x' stands before this alias")]
    [InlineData("layer: {include: b.yaml}", "b.yaml:1:18: '{folder}b.yaml' includes itself")]
    [InlineData("layer: {include: net.yaml}", "b.yaml:1:18: '{folder}net.yaml' includes itself")]
    [InlineData("layer: {name: @}", "b.yaml:1:15: this character starts nothing in YAML")]
    public void AMistakeInAnIncludedFileNamesBothFiles(string included, string message)
    {
        folder.Write("b.yaml", included);
        CnnException error = Errors("name: n\nlayer:\n- include: b.yaml\n");

        string expected = message.Replace("{folder}", folder.Path + "/", StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains($"\n    included from {folder["net.yaml"]}:3:12", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MistakesOfAllFilesAreTold()
    {
        folder.Write("a.yaml", "layer: {nmae: x}");
        folder.Write("b.yaml", "layer: {tpye: x}");

        Assert.Equal(
            ["a.yaml", "b.yaml", "net.yaml"],
            Errors("layer: [{include: a.yaml}, {include: b.yaml}, {botom: c}]").Diagnostics.Select(
                d => Path.GetFileName(d.Location!.File)));
    }

    [Fact]
    public void ChainsOfFilesHaveAnEnd()
    {
        for (int i = 0; i < 20; i++)
        {
            folder.Write($"{i}.yaml", $"layer: {{include: {i + 1}.yaml}}");
        }

        CnnException error = Errors("layer: {include: 0.yaml}");
        Assert.Contains("files include each other more than 16 deep", error.Message, StringComparison.Ordinal);
        Assert.Equal(16, error.Message.Split("included from").Length - 1);
    }

    [Theory]
    [InlineData(10, "layer: [{name: a}, {name: b}]", "more than 100000 layers together")]
    [InlineData(10, "layer: []", "more than 10000 files are included, repeated ones counted")]
    public void DoublingHasAnEnd(int copies, string last, string message)
    {
        for (int i = 0; i < 8; i++)
        {
            string items = string.Concat(Enumerable.Repeat($"- include: {i + 1}.yaml\n", copies));
            folder.Write($"{i}.yaml", $"layer:\n{items}");
        }

        folder.Write("8.yaml", last.Replace("{name: b}", string.Join(", ", Enumerable.Repeat("{}", 99))));
        Assert.Contains(message, Errors("layer: {include: 0.yaml}").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LongFilesHaveALimitTogether()
    {
        folder.Write("long.yaml", $"layer: []\n# {new string('x', 10_000_000)}\n");
        Assert.Contains(
            "the included files are longer than 67108864 characters together",
            Errors($"layer:\n{string.Concat(Enumerable.Repeat("- include: long.yaml\n", 10))}").Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void AliasesInIncludedFilesShareOneLimit()
    {
        const int Levels = 12;
        var bomb = new StringBuilder("layer:\n  plugin_param:\n    a0: &a0 {x: 1}\n");
        for (int i = 1; i <= Levels; i++)
        {
            bomb.Append($"    a{i}: &a{i} {{x: *a{i - 1}, y: *a{i - 1}}}\n");
        }

        folder.Write("bomb.yaml", bomb.ToString());
        Assert.Contains(
            "aliases expand to more than 250000 values",
            Errors($"layer:\n{string.Concat(Enumerable.Repeat("- include: bomb.yaml\n", 100))}").Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void AliasesNestedDeeplyAreRefusedWhereParametersAreReplaced()
    {
        string keys = string.Concat(Enumerable.Range(1, 20_000).Select(i => $"? &k{i} [*k{i - 1}]\n: 1\n"));
        folder.Write("b.yaml", $"? &k0 []\n: 1\n{keys}layer: *k20000\n");

        Assert.Contains(
            "messages are nested deeper than 100",
            Errors("layer: {include: b.yaml}").Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void ADeviceIsNotRead()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no device files");
        Assert.Contains(
            "1:18: '/dev/zero' is no regular file",
            Errors("layer: {include: /dev/zero}").Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void BytesThatAreNotUtf8ArePreserved()
    {
        File.WriteAllBytes(folder["b.yaml"], [.. "layer: {name: "u8, 0xD6, 0xD0, .. "}"u8]);
        string path = folder.Write("net.yaml", "layer: {include: b.yaml}");

        Assert.Equal("\uEFD6\uEFD0", ProtoFile.Load<NetParameter>(path).Message.Layer[0].Name);
    }

    [Fact]
    public void Utf16WithoutAMarkIsRefused()
    {
        File.WriteAllBytes(folder["b.yaml"], Encoding.Unicode.GetBytes("layer: {name: a}"));
        Assert.Contains(
            "b.yaml:1:1: the file looks like UTF-16",
            Errors("layer: {include: b.yaml}").Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void OptionsGivenInCodeIncludeNothing()
    {
        var error = Assert.Throws<CnnException>(() => new SolverDefinition(
            new NetDefinition("n"), new { include = "a.yaml" }));
        Assert.Contains("unknown field 'include' in SolverParameter", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ATextIncludesFilesBesideTheNameThatItIsGiven()
    {
        folder.Write("b.yaml", "layer: {name: a}");
        NetParameter net = YamlFormat.Parse<NetParameter>("layer: {include: b.yaml}", folder["no-such-file"]);

        Assert.Equal("a", net.Layer[0].Name);
    }

    private CnnException Errors(string net)
    {
        string path = folder.Write("net.yaml", net);
        return Assert.Throws<CnnException>(() => ProtoFile.Load<NetParameter>(path));
    }
}
