using Cnn.Proto;
using Cnn.Tests.Proto.Text;

namespace Cnn.Tests.Proto.Yaml;

/// <summary>Any file is read, or refused with a location; nothing else is thrown and nothing hangs.</summary>
[Trait("Category", "Fuzz")]
public class YamlFuzzTests
{
    private const int Inputs = 20_000;

    private static readonly string[] Words =
    [
        "- ", "? ", ": ", "&a ", "*a", "<<: *a", "<<: [*a, *a]", "!!binary ", "!x ", "|", ">-", "---\n", "...\n",
        "%YAML 1.2\n", "\t", "\n  ", "~", "@", "`", "{a: ", "[[", "\u2028", "\u0085",
    ];

    [Fact]
    public async Task AnyYamlIsReadOrRefusedWithItsPlace()
    {
        string lenet = File.ReadAllText(
            Path.Combine(AppContext.BaseDirectory, "Models", "lenet", "lenet_train_test.yaml"));
        var nets = Directory.GetFiles(
            Path.Combine(AppContext.BaseDirectory, "Goldens"), "net.prototxt", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(f => YamlFormat.Print(TextFormat.Parse<NetParameter>(File.ReadAllText(f), f)));
        var inputs = new FuzzInputs([.. nets, .. Enumerable.Repeat(lenet, 30)], Words);
        await FuzzRun.All(Inputs, i => Read(inputs.Create(i), i));
    }

    private static bool Read(byte[] input, int index)
    {
        try
        {
            var net = YamlFormat.Parse<NetParameter>(FileText.Decode(input, "f"), "f");
            Assert.True(
                net.Equals(YamlFormat.Parse<NetParameter>(YamlFormat.Print(net), "printed")),
                $"input {index} does not survive printing");
            return true;
        }
        catch (CnnException refusal)
        {
            Assert.All(refusal.Diagnostics, d => Assert.True(
                d.Location is { File: "f", Line: > 0, Column: > 0 }, $"input {index}: no place in: {d}"));
            return false;
        }
    }
}
