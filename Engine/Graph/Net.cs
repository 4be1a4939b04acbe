using Cnn.Engine.Snapshots;
using Cnn.Engine.Weights;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Layers.Vision;
using Cnn.Proto;

namespace Cnn.Engine.Graph;

/// <summary>
/// A network that runs: its layers in order and the blobs between them. Not thread-safe; one pool may serve several
/// nets as long as one runs at a time.
/// </summary>
public sealed class Net : IDisposable
{
    private readonly NetParameter definition;
    private readonly NetOptions options;
    private readonly WorkerPool? ownPool;
    private readonly Dictionary<string, Blob> blobs;
    private readonly HashSet<Blob> kept = [];
    private bool sharesMemory;

    internal Net(
        NetParameter definition,
        NetOptions options,
        WorkerPool? ownPool,
        PassClock clock,
        IReadOnlyList<NetLayer> layers,
        Dictionary<string, Blob> blobs,
        IReadOnlyList<string> inputs,
        IReadOnlyList<string> outputs,
        IReadOnlyList<LearnableParameter> learnable)
    {
        this.definition = definition;
        this.options = options;
        this.ownPool = ownPool;
        this.blobs = blobs;
        Clock = clock;
        Layers = layers;
        Inputs = inputs;
        Outputs = outputs;
        Learnable = learnable;
        DebugInfo = definition.DebugInfo;
        if (options.Inference)
        {
            kept.UnionWith(outputs.Concat(options.Keep).Select(LookUp));
            kept.UnionWith(layers.Where(l => l.BottomList.Count == 0).SelectMany(l => l.TopList));
            InferencePlan.Fold(layers, kept);
        }
    }

    /// <summary>The net's name.</summary>
    public string Name => definition.Name;

    /// <summary>Whether it was built for training or testing.</summary>
    public Phase Phase => options.Phase;

    /// <summary>The layers in the order they run, inserted splits included.</summary>
    public IReadOnlyList<NetLayer> Layers { get; }

    /// <summary>All blobs by name.</summary>
    public IReadOnlyDictionary<string, Blob> Blobs => blobs;

    /// <summary>The tops of the Input layers, in order.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>The blobs that no layer reads, sorted by name.</summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <summary>The parameters that a solver updates, in the order of a snapshot's history.</summary>
    public IReadOnlyList<LearnableParameter> Learnable { get; }

    /// <summary>The count of forward passes that data and random numbers are functions of.</summary>
    public PassClock Clock { get; }

    /// <summary>Whether each pass tells the mean magnitudes of what it computes.</summary>
    public bool DebugInfo { get; set; }

    /// <summary>Builds a net from a file: prototxt, YAML or binary, of any age of Caffe's formats.</summary>
    /// <param name="path">The net's file.</param>
    /// <param name="weights">A file to copy weights from, see <see cref="CopyWeightsFrom"/>; null for the fillers' values.</param>
    /// <param name="options">How to build it; null for the testing phase.</param>
    /// <exception cref="CnnException">A file cannot be read or is wrong; the error says where.</exception>
    public static Net Load(string path, string? weights = null, NetOptions? options = null)
    {
        Net net = Build(NetDefinition.Load(path), (options ?? new NetOptions()) with { DefersFilling = true });
        try
        {
            if (weights is not null)
            {
                net.CopyWeightsFrom(weights);
            }

            net.FillParameters();

            return net;
        }
        catch
        {
            net.Dispose();
            throw;
        }
    }

    /// <summary>Builds a net from its definition.</summary>
    /// <param name="definition">The definition.</param>
    /// <param name="options">How to build it; null for the testing phase.</param>
    /// <exception cref="CnnException">The definition is wrong; the error says where.</exception>
    public static Net Build(NetDefinition definition, NetOptions? options = null) => Build(
        definition.Message,
        (options ?? new NetOptions()) with { Sources = definition.Sources, Files = definition.Files });

    internal static Net Build(NetParameter definition, NetOptions options)
    {
        WorkerPool? own = options.Pool is null ? new WorkerPool() : null;
        try
        {
            return new NetBuilder(definition, options with { Pool = options.Pool ?? own }, own).Build();
        }
        catch
        {
            own?.Dispose();
            throw;
        }
    }

    /// <summary>A blob by its name.</summary>
    /// <exception cref="CnnException">
    /// There is none of that name, or it keeps no values as the net is built for <see cref="NetOptions.Inference"/>.
    /// </exception>
    public Blob FindBlob(string name)
    {
        Blob blob = LookUp(name);
        return !options.Inference || kept.Contains(blob)
            ? blob
            : throw new CnnException(
                $"blob '{name}' keeps no values, as net '{Name}' is built for inference", "name it among those to keep");
    }

    /// <summary>The last layer of a name.</summary>
    /// <exception cref="CnnException">There is none of that name.</exception>
    public NetLayer FindLayer(string name) =>
        Layers.LastOrDefault(l => l.Name == name)
        ?? throw new CnnException(
            $"net '{Name}' has no layer '{name}'", Suggestion.For(name, Layers.Select(l => l.Name)));

    /// <summary>The blob of an Input layer.</summary>
    /// <exception cref="CnnException">There is none of that name.</exception>
    public Blob FindInput(string name) =>
        Inputs.Contains(name)
            ? blobs[name]
            : throw new CnnException(
                $"'{name}' is no input of net '{Name}'",
                Suggestion.For(name, Inputs)
                ?? (Inputs.Count == 0 ? "it has no Input layer" : $"its inputs are {string.Join(", ", Inputs)}"));

    /// <summary>Fills an input.</summary>
    /// <param name="name">The input's name.</param>
    /// <param name="values">Its values, row-major.</param>
    /// <param name="shape">Its shape from now on; none keeps the one it has. The other blobs follow at the next pass.</param>
    /// <exception cref="CnnException">There is no such input, or the values are not as many as the shape says.</exception>
    public void SetInput(string name, ReadOnlySpan<float> values, params ReadOnlySpan<int> shape)
    {
        Blob blob = FindInput(name);
        long count = 1;
        foreach (int dim in shape.IsEmpty ? blob.Shape : shape)
        {
            count *= dim;
        }

        if (count != values.Length)
        {
            string shapeText = string.Join(", ", (shape.IsEmpty ? blob.Shape : shape).ToArray());
            throw new CnnException($"{values.Length} values do not fill input '{name}' of shape [{shapeText}]");
        }

        if (!shape.IsEmpty)
        {
            blob.Reshape(shape);
        }

        values.CopyTo(blob.Data);
    }

    /// <summary>Runs every layer forward and moves <see cref="Clock"/> on by one pass.</summary>
    /// <returns>The loss: the sum over all weighted tops of weight times the top's sum.</returns>
    public float Forward()
    {
        if (options.Inference && !sharesMemory)
        {
            Reshape();
            InferencePlan.ShareMemory(Layers, kept);
            sharesMemory = true;
        }

        double loss = 0;
        for (int i = 0; i < Layers.Count; i++)
        {
            loss += ForwardLayer(Layers[i]);
        }

        Clock.Pass++;
        return (float)loss;
    }

    /// <summary>Runs one layer forward.</summary>
    /// <returns>What it adds to the loss.</returns>
    public float ForwardLayer(NetLayer layer)
    {
        Reshape(layer);
        if (!layer.IsFolded)
        {
            layer.Layer.Forward(layer.BottomList, layer.TopList);
        }

        double loss = 0;
        for (int top = 0; top < layer.TopList.Count; top++)
        {
            float weight = layer.LossWeightList[top];
            if (weight == 0)
            {
                continue;
            }

            double sum = 0;
            foreach (float value in layer.TopList[top].Data)
            {
                sum += value;
            }

            loss += weight * sum;
            layer.TopList[top].Diff.Fill(weight);
        }

        if (DebugInfo && options.Log is { } log)
        {
            NetDebug.TellForward(log, layer);
        }

        return (float)loss;
    }

    /// <summary>Runs backward every layer that needs it; parameter diffs add up, see <see cref="ClearParameterDiffs"/>.</summary>
    /// <exception cref="CnnException">The net is built for <see cref="NetOptions.Inference"/>.</exception>
    public void Backward()
    {
        for (int i = Layers.Count - 1; i >= 0; i--)
        {
            BackwardLayer(Layers[i]);
        }

        if (DebugInfo && options.Log is { } log)
        {
            NetDebug.TellTotals(log, Learnable);
        }
    }

    /// <summary>Runs one layer backward if it needs it.</summary>
    /// <exception cref="CnnException">The net is built for <see cref="NetOptions.Inference"/>.</exception>
    public void BackwardLayer(NetLayer layer)
    {
        if (options.Inference)
        {
            throw new CnnException($"net '{Name}' is built for inference and cannot run backward");
        }

        if (!layer.NeedsBackward)
        {
            return;
        }

        layer.Layer.Backward(layer.TopList, layer.PropagateDownList, layer.BottomList);
        if (DebugInfo && options.Log is { } log)
        {
            NetDebug.TellBackward(log, layer);
        }
    }

    /// <summary>Sets the gradients of all parameters to zero.</summary>
    public void ClearParameterDiffs()
    {
        for (int i = 0; i < Learnable.Count; i++)
        {
            // That of a frozen parameter is never written.
            if (Learnable[i].HasGradient || Learnable[i].Blob.HasDiff)
            {
                Learnable[i].Blob.ClearDiff();
            }
        }
    }

    /// <summary>Gives every blob the shape that follows from the inputs' shapes.</summary>
    public void Reshape()
    {
        foreach (NetLayer layer in Layers)
        {
            Reshape(layer);
        }
    }

    /// <summary>Uses the parameters of another net's layers of the same names as its own from now on.</summary>
    /// <exception cref="CnnException">A layer of the same name has other parameters.</exception>
    public void ShareParametersOf(Net other)
    {
        foreach (NetLayer source in other.Layers)
        {
            NetLayer? target = Layers.FirstOrDefault(l => l.Name == source.Name);
            if (target is null)
            {
                continue;
            }

            RequireSameCount(target, source.Layer.Blobs.Count, "the training net");
            for (int i = 0; i < source.Layer.Blobs.Count; i++)
            {
                Blob mine = target.Layer.Blobs[i], theirs = source.Layer.Blobs[i];
                if (!mine.HasShapeOf(theirs))
                {
                    throw GraphErrors.At(
                        options.Sources.Find(target.Definition),
                        target.Definition,
                        $"parameter {i} has shape {mine.ShapeText} in the test net, {theirs.ShapeText} in the training net");
                }

                target.Layer.SkipFilling(i);
                mine.ShareData(theirs);
            }
        }

        ForgetPackedWeights();
    }

    /// <summary>
    /// Copies the weights of a file into the layers of the same names: a .caffemodel (binary or text, any age of format)
    /// or HDF5, told apart by content. Types are not compared; layers on one side only are left alone.
    /// </summary>
    /// <returns>What was copied and what was not.</returns>
    /// <exception cref="CnnException">The file cannot be read or does not fit; then nothing has changed.</exception>
    public WeightReport CopyWeightsFrom(string path)
    {
        WeightReport report = WeightFiles.CopyInto(this, path, line => options.Log?.Information("{Line:l}", line));
        ForgetPackedWeights();
        return report;
    }

    /// <summary>Fills the parameters that have no values yet; see <see cref="NetOptions.DefersFilling"/>.</summary>
    /// <exception cref="CnnException">A filler cannot fill its blob.</exception>
    internal void FillParameters()
    {
        foreach (NetLayer layer in Layers)
        {
            layer.Layer.FillParameters();
        }
    }

    /// <summary>Writes the weights as Caffe does: HDF5 when the path ends in .h5, else a .caffemodel; atomically.</summary>
    /// <exception cref="CnnException">
    /// HDF5 cannot hold the layers' names, or the file cannot be written; one that was there is as it was.
    /// </exception>
    public void SaveWeights(string path)
    {
        bool hdf5 = path.EndsWith(".h5", StringComparison.OrdinalIgnoreCase);
        if (hdf5)
        {
            Hdf5Snapshot.RequireNames(this);
        }

        AtomicFile.Write(path, stream =>
        {
            if (hdf5)
            {
                Hdf5Snapshot.WriteWeights(this, withDiff: false, stream);
            }
            else
            {
                BinarySnapshot.WriteWeights(this, withDiff: false, stream);
            }
        });
    }

    /// <summary>Ends the threads that are the net's own.</summary>
    public void Dispose() => ownPool?.Dispose();

    /// <summary>The first layer with a top that holds a NaN or an infinity; null when all are finite.</summary>
    public NetLayer? FirstNotFinite()
    {
        foreach (NetLayer layer in Layers)
        {
            foreach (Blob top in layer.Tops)
            {
                foreach (float value in top.Data)
                {
                    if (!float.IsFinite(value))
                    {
                        return layer;
                    }
                }
            }
        }

        return null;
    }

    private static void Reshape(NetLayer layer)
    {
        layer.Layer.Reshape(layer.BottomList, layer.TopList);
        if (layer.IsFolded && layer.TopList[0] != layer.BottomList[0])
        {
            layer.TopList[0].ShareData(layer.BottomList[0]);
        }
    }

    private Blob LookUp(string name) =>
        blobs.TryGetValue(name, out Blob? blob)
            ? blob
            : throw new CnnException($"net '{Name}' has no blob '{name}'", Suggestion.For(name, blobs.Keys));

    private void ForgetPackedWeights()
    {
        foreach (NetLayer layer in Layers)
        {
            (layer.Layer as ConvolutionLayer)?.Inference?.Forget();
        }
    }

    private void RequireSameCount(NetLayer target, int count, string where)
    {
        if (target.Layer.Blobs.Count != count)
        {
            throw GraphErrors.At(
                options.Sources.Find(target.Definition),
                target.Definition,
                $"has {target.Layer.Blobs.Count} parameter(s), but {count} in {where}",
                "rename the layer to leave those out");
        }
    }
}
