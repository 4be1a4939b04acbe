using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Kernels;

/// <summary>A layer made from prototxt, with bottoms of given shapes, set up and reshaped.</summary>
internal sealed class LayerCase
{
    public LayerCase(WorkerPool pool, string type, string text, params int[][] bottoms)
    {
        var sources = new SourceMap();
        var parameter = TextFormat.Parse<LayerParameter>($"name: 'it' type: '{type}' {text}", "net.prototxt", sources);
        foreach (int[] shape in bottoms)
        {
            parameter.Bottom.Add($"in{Bottoms.Count}");
            parameter.Top.Add($"out{Bottoms.Count}");
            Bottoms.Add(new Blob(shape));
            Tops.Add(new Blob());
        }

        Layer = new LayerRegistry().Create(new LayerContext { Parameter = parameter, Pool = pool, Sources = sources });
        Layer.SetUp(Bottoms, Tops);
        Layer.FillParameters();
        Layer.Reshape(Bottoms, Tops);
    }

    public Layer Layer { get; }

    public List<Blob> Bottoms { get; } = [];

    public List<Blob> Tops { get; } = [];

    public void Step(IReadOnlyList<bool> propagate)
    {
        Layer.Reshape(Bottoms, Tops);
        Layer.Forward(Bottoms, Tops);
        Layer.Backward(Tops, propagate, Bottoms);
    }
}
