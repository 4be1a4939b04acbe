using Cnn.Engine.Graph;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Graph;

/// <summary>Parameters are filled once, and only if their values come from nowhere else.</summary>
[Trait("Category", "Unit")]
public sealed class FillingTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("cnn-filling-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void WhatAFileGivesComesFromThereAndTheRestIsFilledAsWithoutIt()
    {
        string path = Path.Combine(folder, "n.prototxt"), weights = Path.Combine(folder, "w.caffemodel");
        Definition("a").Save(Path.Combine(folder, "other.prototxt"));
        Definition("a", "b").Save(path);
        using (Net source = Net.Load(Path.Combine(folder, "other.prototxt"), options: new NetOptions { Seed = 9 }))
        {
            source.SaveWeights(weights);
        }

        using Net plain = Net.Load(path), loaded = Net.Load(path, weights);
        using Net stored = Net.Load(Path.Combine(folder, "other.prototxt"), weights);

        Assert.Equal(Values(stored, "a"), Values(loaded, "a"));
        Assert.NotEqual(Values(plain, "a"), Values(loaded, "a"));
        Assert.Equal(Values(plain, "b"), Values(loaded, "b"));
    }

    [Fact]
    public void ParametersStayZeroWhereShapesAloneAreLookedAt()
    {
        using Net net = Net.Build(Definition("a"), new NetOptions { LeavesParametersZero = true });

        Assert.All(Values(net, "a"), value => Assert.Equal(0, value));
    }

    [Fact]
    public void SharedParametersHaveTheOwnersFilling()
    {
        NetDefinition shared = new NetDefinition().Input("x", 2, 3);
        NetDefinition alone = new NetDefinition().Input("x", 2, 3);
        object Options(float std) => new { num_output = 4, param = new { name = "w" }, bias_term = false,
            weight_filler = new { type = "gaussian", std } };
        shared.Add("InnerProduct", "a", "x", Options(1)).Add("InnerProduct", "b", "x", Options(5));
        alone.Add("InnerProduct", "a", "x", Options(1));

        using Net two = Net.Build(shared), one = Net.Build(alone);

        Assert.Equal(Values(one, "a"), Values(two, "a"));
        Assert.Equal(Values(one, "a"), Values(two, "b"));
    }

    [Fact]
    public void AFillerThatCannotFillIsReportedWhenTheNetIsBuilt()
    {
        NetDefinition net = new NetDefinition().Input("x", 2, 3).Add(
            "InnerProduct", "a", "x", new { num_output = 4, weight_filler = new { type = "bilinear" } },
            file: "Model.cs", line: 5);

        var error = Assert.Throws<CnnException>(() => Net.Build(net));

        Assert.StartsWith("Model.cs:5:1: layer 'a'", error.Message, StringComparison.Ordinal);
    }

    private static float[] Values(Net net, string layer) => net.FindLayer(layer).Parameters[0].Data.ToArray();

    private static NetDefinition Definition(params string[] layers)
    {
        NetDefinition net = new NetDefinition("n").Input("x", 2, 3);
        foreach (string layer in layers)
        {
            net.Add("InnerProduct", layer, "x", new { num_output = 4, weight_filler = new { type = "xavier" } });
        }

        return net;
    }
}
