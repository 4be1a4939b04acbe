using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Data;

/// <summary>Runs a data layer as a net would.</summary>
internal sealed class DataRun : IDisposable
{
    private readonly WorkerPool pool;

    public DataRun(
        Func<LayerContext, Layer> make,
        LayerParameter parameter,
        int threads = 2,
        int tops = 2,
        long seed = 1,
        Action<Diagnostic>? warn = null)
    {
        pool = new WorkerPool(threads);
        Clock = new PassClock();
        if (parameter.Name.Length == 0)
        {
            parameter.Name = "data";
        }

        var context = new LayerContext
        {
            Parameter = parameter,
            Pool = pool,
            Clock = Clock,
            Random = new RandomStreams(seed),
            Warn = warn,
        };
        Tops = [.. Enumerable.Range(0, tops).Select(_ => new Blob())];
        try
        {
            Layer = make(context);
            Layer.SetUp([], Tops);
        }
        catch
        {
            pool.Dispose();
            throw;
        }
    }

    public PassClock Clock { get; }

    public Layer Layer { get; }

    public IReadOnlyList<Blob> Tops { get; }

    public float[] Images => Tops[0].Data.ToArray();

    public float[] Labels => Tops[1].Data.ToArray();

    public void Pass(long pass)
    {
        Clock.Pass = pass;
        Layer.Reshape([], Tops);
        Layer.Forward([], Tops);
    }

    public void Dispose()
    {
        Layer.Dispose();
        pool.Dispose();
    }
}
