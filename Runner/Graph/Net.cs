using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Runner.Graph;

/// <summary>
/// A network that runs: its layers in order and the blobs between them. Not thread-safe; one pool may serve several
/// nets as long as one runs at a time.
/// </summary>
public sealed class Net
{
    private readonly NetParameter definition;
    private readonly NetOptions options;
    private readonly Dictionary<string, Blob> blobs;

    internal Net(
        NetParameter definition,
        NetOptions options,
        PassClock clock,
        IReadOnlyList<NetLayer> layers,
        Dictionary<string, Blob> blobs,
        IReadOnlyList<string> inputs,
        IReadOnlyList<string> outputs,
        IReadOnlyList<LearnableParameter> learnable)
    {
        this.definition = definition;
        this.options = options;
        this.blobs = blobs;
        Clock = clock;
        Layers = layers;
        Inputs = inputs;
        Outputs = outputs;
        Learnable = learnable;
        DebugInfo = definition.DebugInfo;
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

    /// <summary>Builds a net from a definition in the current format.</summary>
    /// <exception cref="CnnException">The definition is wrong; the error says where.</exception>
    public static Net Build(NetParameter definition, NetOptions options) => new NetBuilder(definition, options).Build();

    /// <summary>A blob by its name.</summary>
    /// <exception cref="CnnException">There is none of that name.</exception>
    public Blob FindBlob(string name) =>
        blobs.TryGetValue(name, out Blob? blob)
            ? blob
            : throw new CnnException($"net '{Name}' has no blob '{name}'", Suggestion.For(name, blobs.Keys));

    /// <summary>The last layer of a name; null when there is none.</summary>
    public NetLayer? FindLayer(string name)
    {
        for (int i = Layers.Count - 1; i >= 0; i--)
        {
            if (Layers[i].Name == name)
            {
                return Layers[i];
            }
        }

        return null;
    }

    /// <summary>Runs every layer forward and moves <see cref="Clock"/> on by one pass.</summary>
    /// <returns>The loss: the sum over all weighted tops of weight times the top's sum.</returns>
    public float Forward()
    {
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
        layer.Layer.Reshape(layer.BottomList, layer.TopList);
        layer.Layer.Forward(layer.BottomList, layer.TopList);
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
    public void BackwardLayer(NetLayer layer)
    {
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
            Learnable[i].Blob.Diff.Clear();
        }
    }

    /// <summary>Gives every blob the shape that follows from the inputs' shapes.</summary>
    public void Reshape()
    {
        foreach (NetLayer layer in Layers)
        {
            layer.Layer.Reshape(layer.BottomList, layer.TopList);
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

                mine.ShareData(theirs);
            }
        }
    }

    /// <summary>
    /// Copies the weights of a file into the layers of the same names: a .caffemodel (binary or text, any age of format)
    /// or HDF5, told apart by content. Types are not compared; layers on one side only are left alone.
    /// </summary>
    /// <returns>What was copied and what was not.</returns>
    /// <exception cref="CnnException">The file cannot be read or does not fit; then nothing has changed.</exception>
    public WeightReport CopyWeightsFrom(string path) =>
        WeightFiles.CopyInto(this, path, line => options.Log?.Information("{Line:l}", line));

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
