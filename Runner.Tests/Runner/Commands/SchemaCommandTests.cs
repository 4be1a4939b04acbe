using System.Text.Json.Nodes;

namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public sealed class SchemaCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("net", "layer")]
    [InlineData("solver", "base_lr")]
    public void ASchemaIsPrintedAsJson(string what, string key)
    {
        CommandLine run = CommandLine.Run("schema", what);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.NotNull(JsonNode.Parse(run.Output)!["properties"]![key]);
        Assert.DoesNotContain('\r', run.Output);
    }

    [Fact]
    public void ThePlugInsTypesAreOffered()
    {
        CommandLine run = CommandLine.Run("schema", "net", "--plugin", Repository.PluginAssembly);

        Assert.Contains("\"Snake\"", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("net.prototxt", "name: \"a\"\n", "# yaml-language-server: $schema=net.schema.json\nname: a\n")]
    [InlineData(
        "solver.prototxt", "base_lr: 1\n", "# yaml-language-server: $schema=solver.schema.json\nbase_lr: 1\n")]
    [InlineData("mean.prototxt", "num: 1\n", "num: 1\n")]
    public void YamlThatIsConvertedNamesItsSchema(string name, string text, string yaml)
    {
        string to = folder["to.yaml"], back = folder[$"back_{name}"];

        Assert.Equal(0, CommandLine.Run("convert", folder.Write(name, text), to).ExitCode);
        Assert.Equal(yaml, File.ReadAllText(to));
        Assert.Equal(0, CommandLine.Run("convert", "--kind", KindOf(name), to, back).ExitCode);
        Assert.Equal(text, File.ReadAllText(back));
    }

    [Fact]
    public void WhatIsIncludedIsWrittenOut()
    {
        folder.Write("block.yaml", "parameters: {name: , of: }\nlayer: {name: '${name}', type: ReLU, bottom: '${of}'}");
        string net = folder.Write("net.yaml", "layer:\n- include: block.yaml\n  with: {name: a, of: data}\n");

        Assert.Equal(0, CommandLine.Run("convert", net, folder["net.prototxt"]).ExitCode);

        Assert.Equal(
            "layer {\n  name: \"a\"\n  type: \"ReLU\"\n  bottom: \"data\"\n}\n",
            File.ReadAllText(folder["net.prototxt"]));
    }

    private static string KindOf(string name) => name.Split('.')[0] is "mean" ? "blob" : name.Split('.')[0];
}
