using System.Diagnostics;
using Cnn.Proto;
using Cnn.Tests.Proto.Text;

namespace Cnn.Tests.Proto.Yaml;

/// <summary>Whatever the file, it is read or refused with a place; nothing else is thrown and nothing is slow.</summary>
[Trait("Category", "Fuzz")]
public class YamlFuzzTests
{
    private const int Inputs = 20_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private static readonly string[] Words =
    [
        "- ", "? ", ": ", "&a ", "*a", "<<: *a", "<<: [*a, *a]", "!!binary ", "!x ", "|", ">-", "---\n", "...\n", "%YAML 1.2\n", "\t", "\n  ", "~",
        "@", "`", "{a: ", "[[", "\u2028", "\u0085",
    ];

    [Fact]
    public void AnyYamlIsReadOrRefusedWithItsPlace()
    {
        string lenet = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Models", "lenet", "lenet_train_test.yaml"));
        var nets = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Goldens"), "net.prototxt", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(f => YamlFormat.Print(TextFormat.Parse<NetParameter>(File.ReadAllText(f), f)));
        var inputs = new FuzzInputs([.. nets, .. Enumerable.Repeat(lenet, 30)], Words);
        int read = 0;
        for (int i = 0; i < Inputs; i++)
        {
            bool isRead = Read(inputs.Create(i), i, out TimeSpan took);

            // Another look tells a slow reader from a busy machine.
            for (int look = 0; look < 3 && took > Limit; look++)
            {
                Read(inputs.Create(i), i, out took);
            }

            Assert.True(took <= Limit, $"input {i} takes {took}");
            read += isRead ? 1 : 0;
        }

        Assert.InRange(read, Inputs / 20, Inputs * 19 / 20);
    }

    private static bool Read(byte[] input, int index, out TimeSpan took)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            var net = YamlFormat.Parse<NetParameter>(FileText.Decode(input, "f"), "f");
            took = Stopwatch.GetElapsedTime(start);
            Assert.True(net.Equals(YamlFormat.Parse<NetParameter>(YamlFormat.Print(net), "f")), $"input {index} does not survive printing");
            return true;
        }
        catch (CnnException refusal)
        {
            took = Stopwatch.GetElapsedTime(start);
            Assert.All(refusal.Diagnostics, d => Assert.True(d.Location is { Line: > 0, Column: > 0 }, $"input {index}: no place in: {d}"));
            return false;
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"input {index} ends in {exception.GetType().Name}", exception);
        }
    }
}
