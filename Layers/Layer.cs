using Cnn.Fillers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Layers;

/// <summary>
/// One step of a net: reads its bottom blobs, writes its top blobs, and back. The net calls <see cref="SetUp"/> once,
/// then <see cref="Reshape"/> and <see cref="Forward"/> for every pass, and <see cref="Backward"/> where gradients are
/// wanted. <see cref="Backward"/> overwrites the bottoms' diffs and adds to the parameters' diffs, which the solver
/// clears before every pass.
/// </summary>
/// <remarks>
/// <see cref="Reshape"/> runs before every forward pass, so it must cost nothing when shapes stay, and after the first
/// pass no method may allocate. <see cref="Forward"/> leaves nothing in the bottoms' diffs that <see cref="Backward"/>
/// needs: their memory may serve other layers meanwhile.
/// </remarks>
public abstract class Layer : IDisposable
{
    private readonly List<Blob> blobs = [];
    private readonly List<bool> needsGradient = [];
    private readonly List<Filling> fillings = [];

    /// <summary>Makes the layer; the base class does not read the definition yet.</summary>
    protected Layer(LayerContext context) => Context = context;

    /// <summary>The definition and the services of the net.</summary>
    public LayerContext Context { get; }

    /// <summary>The definition.</summary>
    public LayerParameter Parameter => Context.Parameter;

    /// <summary>The layer's name in the net.</summary>
    public string Name => Parameter.Name;

    /// <summary>The type name by which the registry made the layer.</summary>
    public string Type => Parameter.Type;

    /// <summary>The phase: training or testing.</summary>
    public Phase Phase => Parameter.Phase;

    /// <summary>The learned parameters, in Caffe's order.</summary>
    public IReadOnlyList<Blob> Blobs => blobs;

    /// <summary>
    /// State that the layer carries from one forward pass to the next, besides its parameters. Snapshots store it, so
    /// that resumed training gives the same bits.
    /// </summary>
    public virtual IReadOnlyList<Blob> State => [];

    /// <summary>
    /// Whether a forward pass depends on the passes before it, other than by the parameters that the solver updates:
    /// the passes of an iteration then cannot be shared out over processes. True where the layer has a
    /// <see cref="State"/> and is no <see cref="IRunningStatistics"/>, unless it says otherwise. A layer that keeps
    /// something in fields of its own says so here.
    /// </summary>
    public virtual bool DependsOnEarlierPasses => State.Count > 0 && this is not IRunningStatistics;

    /// <summary>
    /// The number of items that a source reads from, such as records or images, which must be the same in every process
    /// of a run; null where the layer reads nothing that is counted. Known once the layer is set up.
    /// </summary>
    public virtual long? SourceCount => null;

    /// <summary>The number of bottoms that the layer takes.</summary>
    public abstract BlobCount BottomCount { get; }

    /// <summary>The number of tops that the layer has.</summary>
    public abstract BlobCount TopCount { get; }

    /// <summary>Whether there must be as many tops as bottoms.</summary>
    public virtual bool TopsMatchBottoms => false;

    /// <summary>Whether the net makes tops that the definition does not name (the losses' scalars).</summary>
    public virtual bool AddsMissingTops => false;

    /// <summary>
    /// Whether the first top counts as a loss with weight 1 when the net gives no <c>loss_weight</c>.
    /// </summary>
    public virtual bool IsLoss => false;

    /// <summary>Whether the tops are inputs of the net, which its caller fills.</summary>
    public virtual bool IsInput => false;

    /// <summary>Whether a top may be the same blob as the bottom of the same index.</summary>
    public virtual bool AllowsInPlace => false;

    /// <summary>
    /// Why the layer cannot run backward in place although it can run forward in place, such as "negative_slope is -1";
    /// null where it can.
    /// </summary>
    public virtual string? InPlaceGradientProblem => null;

    /// <summary>
    /// Whether the layer has a gradient for any bottom or parameter. A layer without one, such as Accuracy, never runs
    /// backward.
    /// </summary>
    public virtual bool HasGradient => true;

    /// <summary>
    /// Whether the tops count as constants although bottoms may be learned, such as targets that are made from what
    /// a net proposes: no gradient is asked of the tops, and none goes to the bottoms through this layer.
    /// </summary>
    public virtual bool StopsGradient => false;

    /// <summary>
    /// Whether <see cref="Backward"/> reads the tops' values, so that no later layer may work in place on them where
    /// gradients are wanted.
    /// </summary>
    public virtual bool NeedsTopValues => false;

    /// <summary>
    /// Tells a layer that works in place that a later one does so on the same values, before <see cref="Backward"/>
    /// runs. A layer whose gradient reads them keeps a copy of its own from then on.
    /// </summary>
    /// <param name="changer">The later layer.</param>
    internal virtual void KeepFrom(Layer changer)
    {
    }

    /// <summary>
    /// The rule by which <see cref="Backward"/> computes the bottoms' diffs where they deliberately are no derivatives
    /// of the tops, such as "it is Darknet's deltas"; null where they are. A check of gradients leaves them out then.
    /// </summary>
    public virtual string? GradientRule => null;

    /// <summary>As <see cref="GradientRule"/>, for the parameters' diffs.</summary>
    public virtual string? ParameterGradientRule => null;

    /// <summary>
    /// Whether <see cref="Backward"/> adds to the parameters' diffs, as all layers do but those that follow a fork
    /// which overwrites them.
    /// </summary>
    internal virtual bool AddsToParameterDiffs => true;

    /// <summary>
    /// Whether a forward pass writes files, so that a check of layers must not run it.
    /// </summary>
    public virtual bool WritesFiles => false;

    /// <summary>Whether <c>force_backward</c> may ask for the gradient of this bottom.</summary>
    public virtual bool AllowsForceBackward(int bottom) => true;

    /// <summary>Returns whether the net wants the gradient of a parameter (its <c>lr_mult</c> is not 0).</summary>
    public bool NeedsGradient(int blob) => needsGradient[blob];

    /// <summary>Sets whether the net wants the gradient of a parameter; called by the net.</summary>
    public void SetNeedsGradient(int blob, bool value) => needsGradient[blob] = value;

    /// <summary>
    /// Reads the definition, checks it against the bottoms and adds the parameters with
    /// <see cref="AddBlob(FillerParameter?, ReadOnlySpan{int})"/>, which are filled later. Called once.
    /// </summary>
    /// <exception cref="CnnException">The definition is wrong or does not fit the bottoms.</exception>
    public virtual void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
    }

    /// <summary>Sets the shapes of the tops from those of the bottoms.</summary>
    /// <exception cref="CnnException">The bottoms' shapes do not fit each other or the parameters.</exception>
    public abstract void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops);

    /// <summary>
    /// Computes all of the tops' data: what the last pass left there may have been overwritten since.
    /// </summary>
    public abstract void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops);

    /// <summary>
    /// Computes the bottoms' diffs from the tops', where <paramref name="propagateDown"/> asks for them, and adds to
    /// the parameters' diffs where <see cref="NeedsGradient"/> asks for them.
    /// </summary>
    public virtual void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms) =>
        RefuseBackward(propagateDown);

    /// <summary>Implements <see cref="Backward"/> in a layer that has no gradient.</summary>
    /// <exception cref="CnnException">A gradient is asked for.</exception>
    protected void RefuseBackward(IReadOnlyList<bool> propagateDown)
    {
        for (int i = 0; i < propagateDown.Count; i++)
        {
            if (propagateDown[i])
            {
                throw Context.Error($"a {Type} layer has no gradient for its bottom {i} ('{Parameter.Bottom[i]}')");
            }
        }
    }

    /// <summary>
    /// Restores a blob of <see cref="State"/> from a snapshot. Called after the layer's first reshape.
    /// </summary>
    /// <exception cref="CnnException">Its shape does not fit.</exception>
    public virtual void RestoreState(int index, Blob stored)
    {
        if (!stored.HasShapeOf(State[index]))
        {
            throw Context.Error(
                $"the snapshot's state blob {index} has shape {stored.ShapeText}, "
                + $"the layer's has {State[index].ShapeText}",
                "resume with the net that wrote the snapshot");
        }

        stored.Data.CopyTo(State[index].Data);
    }

    /// <summary>
    /// Adds the next parameter, with the values of <c>blobs</c> in the definition if they are given; otherwise
    /// <see cref="FillParameters"/> fills it. Call it in <see cref="SetUp"/>, in Caffe's order of blobs.
    /// </summary>
    /// <param name="filler">How to fill it; null means constant 0.</param>
    /// <param name="shape">Its shape.</param>
    protected Blob AddBlob(FillerParameter? filler, params ReadOnlySpan<int> shape) => AddBlob(filler, null, shape);

    /// <summary>Adds a parameter whose shape does not tell the fillers how many inputs a unit sees.</summary>
    /// <param name="filler">How to fill it; null means constant 0.</param>
    /// <param name="fans">
    /// Inputs that a unit sees and units that an input feeds; null to take them from the shape.
    /// </param>
    /// <param name="shape">Its shape.</param>
    protected Blob AddBlob(FillerParameter? filler, (float In, float Out)? fans, params ReadOnlySpan<int> shape)
    {
        int index = blobs.Count;
        var blob = new Blob(shape);
        if (index < Parameter.Blobs.Count)
        {
            BlobFormat.Read(Parameter.Blobs[index], blob, Context, index);
            blob.IsFilled = true;
        }
        else if (blob.Count > 0)
        {
            try
            {
                Filler maker = Context.Fillers.Create(filler ?? new FillerParameter(), Context.Files);
                (maker.Fans, maker.Parts) = (fans, new PoolPartRunner(Context.Pool));
                fillings.Add(new Filling(index, maker, filler));
            }
            catch (CnnException exception)
            {
                throw Context.Error(filler, 0, exception);
            }
        }

        blobs.Add(blob);
        needsGradient.Add(true);
        return blob;
    }

    /// <summary>
    /// Fills the parameters that have no values yet, neither from the definition nor from a file nor from a layer that
    /// shares them. A net calls it once it is built and its weights are loaded; code that uses a layer without a net
    /// calls it itself.
    /// </summary>
    /// <exception cref="CnnException">A filler cannot fill its blob.</exception>
    public void FillParameters()
    {
        foreach (var (index, filler, definition) in fillings)
        {
            if (blobs[index].IsFilled)
            {
                continue;
            }

            try
            {
                filler.Fill(blobs[index].Data, blobs[index].Shape, Context.Random.Create(Name, $"blob {index}"));
                blobs[index].IsFilled = true;
            }
            catch (CnnException exception)
            {
                throw Context.Error(definition, 0, exception);
            }
        }

        fillings.Clear();
    }

    /// <summary>
    /// The labels that a top of a source is known to hold without reading the data, each with the name of an item that
    /// has it; null where they are not known.
    /// </summary>
    public virtual IReadOnlyDictionary<int, string>? KnownLabels(int top) => null;

    /// <summary>
    /// The names of the classes that the labels of a source count, in the order of the labels; null where it knows
    /// none.
    /// </summary>
    public virtual IReadOnlyList<string>? ClassNames => null;

    /// <summary>
    /// Whether the images of a source have the channels red, green, blue, as CIFAR-10's have, rather than Caffe's usual
    /// blue, green, red. Pictures of them need it.
    /// </summary>
    public virtual bool IsRedFirst => false;

    /// <summary>
    /// Says why a label in a bottom is none of the layer's classes; null where it is one, or where the bottom holds no
    /// labels. Called after the layer's first reshape.
    /// </summary>
    public virtual string? LabelProblem(int bottom, int label) => null;

    /// <summary>
    /// How long the layer's passes have waited so far for data from outside the net; zero for a layer that reads none.
    /// </summary>
    public virtual TimeSpan WaitedForData => TimeSpan.Zero;

    /// <summary>Returns the cost of a forward pass for the current shapes of the blobs.</summary>
    public virtual LayerCost Cost(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) => default;

    /// <summary>
    /// Folds the only reader of this layer's only top into this layer, in a net that only runs forward
    /// (<see cref="LayerContext.Inference"/>): from then on <see cref="Forward"/> writes what
    /// <paramref name="follower"/> would compute from it, and <paramref name="follower"/> does not run.
    /// </summary>
    /// <param name="follower">
    /// The layer that follows, such as one that is an <see cref="IChannelAffine"/> or an <see cref="IRectifier"/>.
    /// </param>
    /// <param name="followerBottoms">Its bottoms.</param>
    /// <returns>Whether it was folded in.</returns>
    public virtual bool TryFold(Layer follower, IReadOnlyList<Blob> followerBottoms) => false;

    /// <summary>
    /// Folds the sum of this layer's only top and another blob, which is computed before this layer runs, into this
    /// layer, in a net that only runs forward: from then on <see cref="Forward"/> writes the sum.
    /// </summary>
    /// <param name="other">The other blob, of the same shape.</param>
    /// <returns>Whether it was folded in.</returns>
    public virtual bool TryFoldSum(Blob other) => false;

    /// <summary>
    /// The large blobs of the layer's own whose values <see cref="Forward"/> writes for <see cref="Backward"/>. A net
    /// whose passes alternate may give them memory that is free between the two.
    /// </summary>
    public virtual IReadOnlyList<Blob> KeptForBackward => [];

    /// <summary>
    /// Does the work of the next layer too, forward and backward, in a net that trains: the follower reads this layer's
    /// only top, works in place on it, and does not run from then on. Its parameters stay its own, and get the gradient
    /// that it would add to them.
    /// </summary>
    /// <param name="follower">
    /// The layer that follows this one and those taken in before it, such as one that is an
    /// <see cref="IChannelScale"/> or an <see cref="IRectifier"/>.
    /// </param>
    /// <param name="followerBottoms">Its bottoms.</param>
    /// <returns>Whether it was taken in.</returns>
    public virtual bool TryTrainWith(Layer follower, IReadOnlyList<Blob> followerBottoms) => false;

    /// <summary>
    /// Undoes every <see cref="TryTrainWith"/>: the followers run again from the next forward pass on.
    /// </summary>
    public virtual void TrainAlone()
    {
    }

    /// <summary>
    /// Notifies the layer that parameters were changed through a span or pointer obtained before its last pass, so that
    /// it reads them again. The layer itself detects later uses of <see cref="Blob.Data"/> and
    /// <see cref="Blob.DataPointer"/>.
    /// </summary>
    public virtual void ParametersChanged()
    {
    }

    /// <summary>
    /// Notifies the layer that values from a file were copied to its parameters, so that it can bring an older or
    /// foreign way to store them into its own.
    /// </summary>
    public virtual void ParametersLoaded()
    {
    }

    /// <summary>Closes files and ends threads that are the layer's own. The net that owns the layer calls it.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>Sets the shape of a top.</summary>
    /// <exception cref="CnnException">No blob can have the shape; the error names the top.</exception>
    protected void ShapeTop(IReadOnlyList<Blob> tops, int top, ReadOnlySpan<int> shape)
    {
        try
        {
            tops[top].Reshape(shape);
        }
        catch (CnnException exception)
        {
            throw Context.Error($"top '{Parameter.Top[top]}' is impossible: {exception.Diagnostics[0].Message}");
        }
    }

    /// <summary>Returns an axis counted from the front.</summary>
    /// <exception cref="CnnException">The blob has no such axis.</exception>
    protected int CanonicalAxis(Blob blob, int axis, string what = "axis")
    {
        int canonical = axis < 0 ? axis + blob.AxisCount : axis;
        return canonical >= 0 && canonical < blob.AxisCount
            ? canonical
            : throw Context.Error(
                $"{what} {axis} does not exist in a bottom of shape {blob.ShapeText}",
                $"it has {blob.AxisCount} axes: {-blob.AxisCount} to {blob.AxisCount - 1}");
    }

    private sealed record Filling(int Blob, Filler Filler, FillerParameter? Definition);
}
