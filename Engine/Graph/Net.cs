using System.Diagnostics;
using Cnn.Engine.Export;
using Cnn.Engine.Runs;
using Cnn.Engine.Snapshots;
using Cnn.Engine.Weights;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Proto.Formats;

namespace Cnn.Engine.Graph;

/// <summary>
/// A network that runs: its layers in order and the blobs between them. Not thread-safe; one pool may serve several
/// nets as long as one runs at a time.
/// </summary>
public sealed class Net : IDisposable
{
    private readonly NetDefinition definition;
    private readonly NetOptions options;
    private readonly WorkerPool? ownPool;
    private readonly HashSet<Blob> kept = [];
    private bool sharesMemory;
    private bool lendsMemory;
    private bool hasRunForward;
    private bool isDisposed;

    internal Net(
        NetDefinition definition,
        NetOptions options,
        WorkerPool? ownPool,
        PassClock clock,
        IReadOnlyList<NetLayer> layers,
        IReadOnlyDictionary<string, Blob> blobs,
        IReadOnlyList<string> inputs,
        IReadOnlyList<string> outputs,
        IReadOnlyList<LearnableParameter> learnable)
    {
        this.definition = definition;
        this.options = options;
        this.ownPool = ownPool;
        Clock = clock;
        Layers = layers;
        Inputs = inputs;
        Outputs = outputs;
        Learnable = learnable;
        DebugInfo = definition.Message.DebugInfo;
        if (options.Inference)
        {
            var all = new BlobTable(Name, blobs, kept: null);
            kept.UnionWith(outputs.Concat(options.Keep).Select(name => all[name]));
            kept.UnionWith(layers.Where(l => l.BottomList.Count == 0).SelectMany(l => l.TopList));
            InferencePlan.Fold(layers, kept);
        }

        TrainingPlan.Fuse(layers);
        Blobs = new BlobTable(Name, blobs, options.Inference ? kept : null);
    }

    /// <summary>The net's name.</summary>
    public string Name => definition.Message.Name;

    /// <summary>Whether it was built for training or testing.</summary>
    public Phase Phase => options.Phase;

    /// <summary>The layers in the order they run, inserted splits included.</summary>
    public IReadOnlyList<NetLayer> Layers { get; }

    /// <summary>
    /// The blobs by name; in a net built for <see cref="NetOptions.Inference"/>, only those that keep their values. An
    /// unknown name throws a <see cref="CnnException"/>.
    /// </summary>
    public IReadOnlyDictionary<string, Blob> Blobs { get; }

    /// <summary>The tops of the Input layers, in order.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>The blobs that no layer reads, sorted by name.</summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <summary>The parameters that a solver updates, in the order of a snapshot's history.</summary>
    public IReadOnlyList<LearnableParameter> Learnable { get; }

    /// <summary>The count of forward passes, from which data positions and random numbers follow.</summary>
    public PassClock Clock { get; }

    /// <summary>Whether each pass logs the mean magnitudes of what it computes.</summary>
    public bool DebugInfo
    {
        get;
        set
        {
            field = value;
            RunsLayersAlone |= value;
        }
    }

    /// <summary>
    /// Whether each layer does its own work only, so that <see cref="ForwardLayer"/> leaves in the tops what the layer
    /// itself computes. Otherwise, and unless <see cref="DebugInfo"/> was ever set, a layer may do the work of those
    /// after it that work in place on its top, which are then skipped. Takes effect at the next forward pass.
    /// </summary>
    public bool RunsLayersAlone { get; set; }

    /// <summary>
    /// Whether every backward pass follows a forward pass of its own, so that what layers keep between the two may lie
    /// in memory that the backward pass overwrites. Set before the first pass.
    /// </summary>
    internal bool PassesAlternate { get; set; }

    /// <summary>Receives the times of the layers in whole passes; null, the default, for nobody.</summary>
    internal LayerTimer? Timer { get; set; }

    /// <summary>
    /// Called in a backward pass after each layer, the ones without a gradient included, with its index; null, the
    /// default, for nobody. Whoever sets it takes the gradients, and calls <see cref="LogTotals"/> when they are whole.
    /// </summary>
    internal Action<int>? LayerWentBackward { get; set; }

    /// <summary>The definition that the net was built from.</summary>
    internal NetDefinition Definition => definition;

    /// <summary>The name of the file of the definition; null where it came from none.</summary>
    internal string? SourceName => definition.Path is { } path ? System.IO.Path.GetFileName(path) : null;

    /// <summary>The source locations of the definition, for errors.</summary>
    internal SourceMap Sources => definition.Sources;

    /// <summary>Builds a net from a file: prototxt, YAML or binary, in any version of Caffe's format.</summary>
    /// <param name="path">The net's file.</param>
    /// <param name="weights">
    /// Another weights file to start from, see <see cref="NetOptions.Weights"/>; null for none.
    /// </param>
    /// <param name="options">How to build it; null for the testing phase.</param>
    /// <exception cref="CnnException">A file cannot be read or is wrong; the error says where.</exception>
    public static Net Load(string path, string? weights = null, NetOptions? options = null)
    {
        options ??= new NetOptions();
        return Build(
            NetDefinition.Load(path),
            weights is null ? options : options with { Weights = [.. options.Weights, weights] });
    }

    /// <summary>
    /// Builds a net from its definition, copies the weights that the options name and fills the other parameters. Nets
    /// may be built from one definition on several threads.
    /// </summary>
    /// <param name="definition">The definition.</param>
    /// <param name="options">How to build it; null for the testing phase.</param>
    /// <exception cref="CnnException">The definition is wrong; the error says where.</exception>
    public static Net Build(NetDefinition definition, NetOptions? options = null)
    {
        options ??= new NetOptions();
        Net net = Construct(definition, options);
        try
        {
            StartingWeights.Copy(net, options.Weights, options.WeightsAreStrict, options.Log);
            if (!options.LeavesParametersZero)
            {
                net.FillParameters();
            }

            return net;
        }
        catch
        {
            net.Dispose();
            throw;
        }
    }

    /// <summary>Builds a net whose parameters have no values yet, except those that the definition gives.</summary>
    /// <exception cref="CnnException">The definition is wrong; the error says where.</exception>
    internal static Net Construct(NetDefinition definition, NetOptions options)
    {
        options.Log?.Warn(definition.Warnings);
        WorkerPool? own = options.Pool is null ? new WorkerPool() : null;
        var builder = new NetBuilder(definition, options with { Pool = options.Pool ?? own }, own);
        try
        {
            return builder.Build();
        }
        catch (Exception exception)
        {
            builder.Dispose();
            own?.Dispose();
            if (exception is CnnException mistake && definition.Format == ProtoFormat.Binary)
            {
                throw definition.Located(mistake);
            }

            throw;
        }
    }

    /// <summary>Finds a blob by its name.</summary>
    /// <exception cref="CnnException">
    /// No blob has that name, or it keeps no values because the net is built for <see cref="NetOptions.Inference"/>.
    /// </exception>
    public Blob FindBlob(string name) => Blobs[name];

    /// <summary>Finds the last layer of a name.</summary>
    /// <exception cref="CnnException">No layer has that name.</exception>
    public NetLayer FindLayer(string name) =>
        Layers.LastOrDefault(l => l.Name == name)
        ?? throw new CnnException(
            $"net '{Name}' has no layer '{name}'", Suggestion.For(name, Layers.Select(l => l.Name)));

    /// <summary>Finds the blob of an Input layer.</summary>
    /// <exception cref="CnnException">No input has that name.</exception>
    public Blob FindInput(string name) =>
        Inputs.Contains(name)
            ? Blobs[name]
            : throw new CnnException(
                $"'{name}' is no input of net '{Name}'",
                Suggestion.For(name, Inputs)
                ?? (Inputs.Count == 0 ? "it has no Input layer" : $"its inputs are {string.Join(", ", Inputs)}"));

    /// <summary>Fills an input.</summary>
    /// <param name="name">The input's name.</param>
    /// <param name="values">Its values, row-major.</param>
    /// <param name="shape">
    /// Its new shape; empty to keep the current one. The other blobs follow at the next pass.
    /// </param>
    /// <exception cref="CnnException">
    /// No input has that name, or the number of values does not match the shape.
    /// </exception>
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

    /// <summary>
    /// Sets the gradient of the loss with respect to an output, from which <see cref="Backward"/> starts. A forward
    /// pass sets the gradients of losses to their weights, so call this after it.
    /// </summary>
    /// <param name="name">The output's name.</param>
    /// <param name="values">Its gradient, row-major, as many as the output's values.</param>
    /// <exception cref="CnnException">
    /// It is not an output, has no gradient, or the number of values does not match.
    /// </exception>
    public void SetOutputDiff(string name, ReadOnlySpan<float> values)
    {
        Blob blob = Blobs[name];
        if (!Outputs.Contains(name))
        {
            throw new CnnException(
                $"'{name}' is no output of net '{Name}': "
                + "a backward pass computes its gradient from that of the outputs",
                $"the outputs are {string.Join(", ", Outputs)}");
        }

        NetLayer writer = Layers.Last(l => l.TopNames.Contains(name));
        if (!writer.NeedsBackward)
        {
            throw new CnnException(
                $"no gradient flows back from output '{name}' of layer '{writer.Name}' ({writer.Type})",
                writer.Layer.HasGradient ? "build the net to run backward throughout (force_backward)" : null);
        }

        if (values.Length != blob.Count)
        {
            throw new CnnException(
                $"{values.Length} gradient values do not fit output '{name}' of shape {blob.ShapeText}");
        }

        values.CopyTo(blob.Diff);
    }

    /// <summary>Runs every layer forward and advances <see cref="Clock"/> by one pass.</summary>
    /// <returns>The loss: the sum over all weighted tops of the weight times the sum of the top's values.</returns>
    public float Forward()
    {
        using PoolLease lease = Enter();
        if (options.Inference && !sharesMemory)
        {
            Reshape();
            InferencePlan.ShareMemory(Layers, kept);
            sharesMemory = true;
        }

        if (PassesAlternate && !lendsMemory)
        {
            Reshape();
            TrainingMemory.Lend(Layers);
            lendsMemory = true;
        }

        double loss = 0;
        for (int i = 0; i < Layers.Count; i++)
        {
            long start = Timer is null ? 0 : Stopwatch.GetTimestamp();
            loss += ForwardLayer(Layers[i]);
            Timer?.AddForward(i, start);
        }

        Clock.Pass++;
        return (float)loss;
    }

    /// <summary>Runs one layer forward.</summary>
    /// <returns>Its contribution to the loss.</returns>
    public float ForwardLayer(NetLayer layer)
    {
        using PoolLease lease = Enter();
        hasRunForward = true;
        try
        {
            Reshape(layer);
            if (layer.Followers.Count > 0 && layer.Followers[0].IsFolded == RunsLayersAlone)
            {
                TrainingPlan.SetAlone(layer, RunsLayersAlone);
            }

            if (!layer.IsFolded)
            {
                layer.Layer.Forward(layer.BottomList, layer.TopList);
            }

            return AddLoss(layer);
        }
        catch (OutOfMemoryException exception)
        {
            throw OutOfMemory(layer, exception);
        }
    }

    // Returns the layer's part of the loss, and begins its gradient.
    private float AddLoss(NetLayer layer)
    {
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
            NetDebug.LogForward(log, layer);
        }

        return (float)loss;
    }

    /// <summary>
    /// Runs every layer that needs it backward; parameter diffs accumulate, see <see cref="ClearParameterDiffs"/>.
    /// </summary>
    /// <exception cref="CnnException">
    /// The net is built for <see cref="NetOptions.Inference"/>, or is a solver's training net that has not run forward
    /// since the last backward pass.
    /// </exception>
    public void Backward()
    {
        using PoolLease lease = Enter();
        if (lendsMemory && !hasRunForward)
        {
            throw new CnnException(
                $"net '{Name}' has run backward since its last forward pass, and keeps nothing for a second time",
                "run it forward again, or use a net that is not a solver's");
        }

        hasRunForward = false;
        for (int i = Layers.Count - 1; i >= 0; i--)
        {
            long start = Timer is null ? 0 : Stopwatch.GetTimestamp();
            BackwardLayer(Layers[i]);
            Timer?.AddBackward(i, start);
            LayerWentBackward?.Invoke(i);
        }

        if (LayerWentBackward is null)
        {
            LogTotals();
        }
    }

    /// <summary>
    /// Logs the norms of the parameters and their gradients, where <see cref="DebugInfo"/> asks for it.
    /// </summary>
    internal void LogTotals()
    {
        if (DebugInfo && options.Log is { } log)
        {
            NetDebug.LogTotals(log, Learnable);
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

        if (!layer.NeedsBackward || layer.IsFolded)
        {
            return;
        }

        using PoolLease lease = Enter();
        try
        {
            layer.Layer.Backward(layer.TopList, layer.PropagateDownList, layer.BottomList);
        }
        catch (OutOfMemoryException exception)
        {
            throw OutOfMemory(layer, exception);
        }

        if (DebugInfo && options.Log is { } log)
        {
            NetDebug.LogBackward(log, layer);
        }
    }

    /// <summary>Sets the gradients of all parameters to zero.</summary>
    public void ClearParameterDiffs()
    {
        for (int i = 0; i < Learnable.Count; i++)
        {
            // The diff of a frozen parameter is never written.
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

    /// <summary>
    /// Shares the parameters of another net from now on: the k-th layer of a name uses those of the k-th layer of that
    /// name there. Layers that share parameters within this net still do.
    /// </summary>
    /// <exception cref="CnnException">A layer of the same name has other parameters.</exception>
    public void ShareParametersOf(Net other)
    {
        ParameterSharing.Share(this, other);
        ParametersChanged();
    }

    /// <summary>
    /// Copies the weights of a file into the layers of the same names, the k-th of a name into the k-th. The file is a
    /// .caffemodel (binary or text, any version of the format), HDF5, safetensors or .npz, recognised by its content.
    /// The last two name their arrays <c>LAYER.weight</c>, <c>LAYER.bias</c> and so on, as
    /// <see cref="NetExport.ExportWeights"/> does. Types are not compared; layers on one side only are left alone.
    /// </summary>
    /// <returns>What was copied and what was not.</returns>
    /// <exception cref="CnnException">The file cannot be read or does not fit; the net is unchanged then.</exception>
    public WeightReport CopyWeightsFrom(string path)
    {
        WeightReport report = WeightFiles.CopyInto(this, path, line => options.Log?.Information("{Line:l}", line));
        ParametersChanged();
        return report;
    }

    /// <summary>
    /// Notifies the layers that parameters were changed through a span or pointer obtained before the last pass, so
    /// that a net built for <see cref="NetOptions.Inference"/> reads them again. Other changes are detected
    /// automatically.
    /// </summary>
    public void ParametersChanged()
    {
        foreach (NetLayer layer in Layers)
        {
            layer.Layer.ParametersChanged();
        }
    }

    /// <summary>Fills the parameters that have no values yet.</summary>
    /// <exception cref="CnnException">A filler cannot fill its blob.</exception>
    internal void FillParameters()
    {
        foreach (NetLayer layer in Layers)
        {
            try
            {
                layer.Layer.FillParameters();
            }
            catch (OutOfMemoryException exception)
            {
                throw OutOfMemory(layer, exception);
            }
        }
    }

    /// <summary>
    /// Writes the weights atomically, in the format of the path's extension: HDF5 for .h5, safetensors and .npz by
    /// <see cref="NetExport.ExportWeights"/>, else a .caffemodel.
    /// </summary>
    /// <exception cref="CnnException">
    /// The format cannot hold the layers' names, or the file cannot be written; an existing file is unchanged then.
    /// </exception>
    public void SaveWeights(string path)
    {
        if (NetExport.IsOfWeights(path))
        {
            this.ExportWeights(path);
            return;
        }

        ISnapshotFormat format = SnapshotFormats.ForName(path);
        format.RequireNames(Layers.Select(layer => layer.Name));
        AtomicFile.Write(path, stream => format.WriteWeights(NetSource.Of(this), withDiff: false, stream));
    }

    /// <summary>Releases what the layers have opened and ends the net's own threads.</summary>
    public void Dispose()
    {
        if (isDisposed)
        {
            return;
        }

        isDisposed = true;
        foreach (NetLayer layer in Layers)
        {
            layer.Layer.Dispose();
        }

        ownPool?.Dispose();
    }

    /// <summary>
    /// Finds the first layer with a top that holds a NaN or an infinity; null when all values are finite.
    /// </summary>
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

    private PoolLease Enter() =>
        isDisposed ? throw new CnnException($"net '{Name}' has been disposed of") : options.Pool!.Enter();

    private CnnException OutOfMemory(NetLayer layer, OutOfMemoryException exception) =>
        definition.Located(GraphErrors.OutOfMemory(definition.Sources, layer.Definition, exception));

    private static void Reshape(NetLayer layer)
    {
        layer.Layer.Reshape(layer.BottomList, layer.TopList);
        if (layer.FoldedInto is { } result && layer.TopList[0] != result)
        {
            layer.TopList[0].ShareData(result);
        }
    }
}
