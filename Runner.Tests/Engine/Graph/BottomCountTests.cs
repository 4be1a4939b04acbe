using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Graph;

[Trait("Category", "Unit")]
public class BottomCountTests
{
    public static TheoryData<string> Types => [.. new LayerRegistry().Types];

    [Theory]
    [MemberData(nameof(Types))]
    public void EveryTypeRefusesANumberOfBottomsThatItDoesNotTake(string type)
    {
        // No type accepts both no bottoms and nine, even with nine of the same shape.
        CnnException?[] errors = [Build(type, 0), Build(type, 9)];

        Assert.Contains(errors, e => e is not null);
        foreach (CnnException error in errors.OfType<CnnException>())
        {
            Assert.Equal("odd", error.Diagnostics[0].Layer);
            Assert.Equal("net.prototxt", error.Diagnostics[0].Location?.File);
        }
    }

    private static CnnException? Build(string type, int bottoms)
    {
        string[] names = [.. Enumerable.Range(0, bottoms).Select(i => $"b{i}")];
        string inputs = string.Concat(names.Select(n =>
            $"layer {{ name: '{n}' type: 'Input' top: '{n}' "
                + "input_param { shape { dim: 2 dim: 3 dim: 4 dim: 5 } } }\n"));
        string text = inputs
            + $"layer {{ name: 'odd' type: '{type}' {string.Concat(names.Select(n => $"bottom: '{n}' "))} "
            + "top: 't' top: 'u' top: 'v' }";
        var sources = new SourceMap();
        NetParameter net = TextFormat.Parse<NetParameter>(text, "net.prototxt", sources);
        using var pool = new WorkerPool(1);
        try
        {
            Net.Build(new NetDefinition(net, sources), new NetOptions { Pool = pool });
            return null;
        }
        catch (CnnException exception)
        {
            return exception;
        }
    }
}
