using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Layers;

/// <summary>Layers fill their parameters on the pool that they are given, and nowhere else.</summary>
[Trait("Category", "Unit")]
public class FillingThreadsTests
{
    [Theory]
    [InlineData("InnerProduct", "inner_product_param { num_output: 1200 weight_filler { type: 'xavier' } }")]
    [InlineData("DummyData", "dummy_data_param { shape { dim: 1200 dim: 1000 } data_filler { type: 'gaussian' } }")]
    public void ALargeFillingRunsOnThePoolThatItIsGiven(string type, string options)
    {
        string definition = $"type: '{type}' {options}";
        using var one = new WorkerPool(1);
        float[] alone = Fill(definition, one);
        var threads = new CountingThreads();
        using var host = new WorkerPool(threads);
        float[] together = Fill(definition, host);

        Assert.Equal(alone, together);
        Assert.True(threads.Jobs > 0);
        Assert.True(alone.Distinct().Count() > 1000);
    }

    private static float[] Fill(string definition, WorkerPool pool)
    {
        var parameter = TextFormat.Parse<LayerParameter>(definition, "layer.prototxt");
        parameter.Name = "layer";
        bool isData = parameter.Type == "DummyData";
        using Layer layer = new LayerRegistry().Create(new LayerContext { Parameter = parameter, Pool = pool });
        Blob[] bottoms = isData ? [] : [new Blob(1, 1000)], tops = [new Blob()];
        layer.SetUp(bottoms, tops);
        layer.FillParameters();
        return (isData ? tops[0] : layer.Blobs[0]).Data.ToArray();
    }

    private sealed class CountingThreads : IWorkerThreads
    {
        public int Count => 2;

        public int Jobs { get; private set; }

        public void Run(IWorkerTask task)
        {
            Jobs++;
            Task other = Task.Run(() => task.Run(1));
            task.Run(0);
            other.Wait();
        }
    }
}
