using Cnn.Fillers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Layers;

/// <summary>
/// One step of a net: reads its bottom blobs, writes its top blobs, and back. The net calls <see cref="SetUp"/> once,
/// then <see cref="Reshape"/> and <see cref="Forward"/> for every pass, and <see cref="Backward"/> where gradients are
/// wanted. <see cref="Backward"/> overwrites the bottoms' diffs and adds to the parameters' diffs, which the solver
/// clears once per iteration.
/// </summary>
/// <remarks>
/// <see cref="Reshape"/> runs before every forward pass, so it must cost nothing when shapes stay, and after the first
/// pass no method may allocate.
/// </remarks>
public abstract class Layer : IDisposable
{
    private readonly List<Blob> blobs = [];
    private readonly List<bool> needsGradient = [];
    private readonly List<Filling> fillings = [];

    /// <summary>Makes the layer; reads the definition no further than types need.</summary>
    protected Layer(LayerContext context) => Context = context;

    /// <summary>The definition and the services of the net.</summary>
    public LayerContext Context { get; }

    /// <summary>The definition.</summary>
    public LayerParameter Parameter => Context.Parameter;

    /// <summary>The layer's name in the net.</summary>
    public string Name => Parameter.Name;

    /// <summary>The type by which the registry made it.</summary>
    public string Type => Parameter.Type;

    /// <summary>Whether it trains or tests.</summary>
    public Phase Phase => Parameter.Phase;

    /// <summary>The learned parameters, in Caffe's order.</summary>
    public IReadOnlyList<Blob> Blobs => blobs;

    /// <summary>
    /// What the layer carries from one forward pass to the next beside its parameters. Snapshots keep it, so that training
    /// goes on with the same bits.
    /// </summary>
    public virtual IReadOnlyList<Blob> State => [];

    /// <summary>How many bottoms the layer takes.</summary>
    public abstract BlobCount BottomCount { get; }

    /// <summary>How many tops the layer gives.</summary>
    public abstract BlobCount TopCount { get; }

    /// <summary>Whether there must be as many tops as bottoms.</summary>
    public virtual bool TopsMatchBottoms => false;

    /// <summary>Whether tops that the net does not name are made by the net (the losses' scalars).</summary>
    public virtual bool AddsMissingTops => false;

    /// <summary>Whether the first top counts as a loss with weight 1 when the net gives no <c>loss_weight</c>.</summary>
    public virtual bool IsLoss => false;

    /// <summary>Whether a top may be the same blob as the bottom of the same index.</summary>
    public virtual bool AllowsInPlace => false;

    /// <summary>
    /// Why the layer cannot run backward in place although it runs forward so, such as "negative_slope is -1"; null where
    /// it can.
    /// </summary>
    public virtual string? InPlaceGradientProblem => null;

    /// <summary>
    /// Whether the layer has a gradient for any bottom or parameter. A layer without one, such as Accuracy, never runs
    /// backward.
    /// </summary>
    public virtual bool HasGradient => true;

    /// <summary>
    /// Whether <see cref="Backward"/> reads the tops' values, so that no later layer may work in place on them where
    /// gradients are wanted.
    /// </summary>
    public virtual bool NeedsTopValues => false;

    /// <summary>Whether <c>force_backward</c> may ask for the gradient of this bottom.</summary>
    public virtual bool AllowsForceBackward(int bottom) => true;

    /// <summary>Whether the net wants the gradient of a parameter (its <c>lr_mult</c> is not 0).</summary>
    public bool NeedsGradient(int blob) => needsGradient[blob];

    /// <summary>Tells the layer whether the gradient of a parameter is wanted; the net calls it.</summary>
    public void SetNeedsGradient(int blob, bool value) => needsGradient[blob] = value;

    /// <summary>
    /// Reads the definition, checks it against the bottoms and adds the parameters with <see cref="AddBlob(FillerParameter?,
    /// ReadOnlySpan{int})"/>, which are filled later. Called once.
    /// </summary>
    /// <exception cref="CnnException">The definition is wrong or does not fit the bottoms.</exception>
    public virtual void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
    }

    /// <summary>Gives the tops their shapes from the bottoms'.</summary>
    /// <exception cref="CnnException">The bottoms' shapes do not fit each other or the parameters.</exception>
    public abstract void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops);

    /// <summary>Computes the tops' data, all of it: what a pass left there may have been overwritten before the next.</summary>
    public abstract void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops);

    /// <summary>
    /// Computes the bottoms' diffs from the tops', where <paramref name="propagateDown"/> asks for them, and adds to the
    /// parameters' diffs where <see cref="NeedsGradient"/> asks for them.
    /// </summary>
    public virtual void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms) =>
        RefuseBackward(propagateDown);

    /// <summary>What <see cref="Backward"/> does in a layer that has no gradient.</summary>
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

    /// <summary>Puts back a blob of <see cref="State"/> that a snapshot kept. Called after the layer's first reshape.</summary>
    /// <exception cref="CnnException">Its shape does not fit.</exception>
    public virtual void RestoreState(int index, Blob stored)
    {
        if (!stored.HasShapeOf(State[index]))
        {
            throw Context.Error(
                $"the snapshot's state blob {index} has shape {stored.ShapeText}, the layer's has {State[index].ShapeText}",
                "resume with the net that wrote the snapshot");
        }

        stored.Data.CopyTo(State[index].Data);
    }

    /// <summary>
    /// Adds the next parameter: with the values of <c>blobs</c> in the definition, else to be filled by
    /// <see cref="FillParameters"/>. Call it in <see cref="SetUp"/>, in Caffe's order of blobs.
    /// </summary>
    /// <param name="filler">How to fill it; null means constant 0.</param>
    /// <param name="shape">Its shape.</param>
    protected Blob AddBlob(FillerParameter? filler, params ReadOnlySpan<int> shape) => AddBlob(filler, null, shape);

    /// <summary>The same for a parameter whose shape does not tell the fillers how many inputs a unit sees.</summary>
    /// <param name="filler">How to fill it; null means constant 0.</param>
    /// <param name="fans">Inputs that a unit sees and units that an input feeds; null to take them from the shape.</param>
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
                throw Context.Error(filler, 0, exception.Diagnostics[0].Message, exception.Diagnostics[0].Hint);
            }
        }

        blobs.Add(blob);
        needsGradient.Add(true);
        return blob;
    }

    /// <summary>
    /// Fills the parameters that have no values yet, neither from the definition nor from a file nor from a layer that
    /// shares them. A net calls it when it is built and its weights are loaded; who uses a layer alone calls it himself.
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
                throw Context.Error(definition, 0, exception.Diagnostics[0].Message, exception.Diagnostics[0].Hint);
            }
        }

        fillings.Clear();
    }

    /// <summary>The cost of a forward pass, by the shapes that the blobs have now.</summary>
    public virtual LayerCost Cost(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) => default;

    /// <summary>
    /// Takes the layer that alone reads this layer's only top into this one, in a net that only runs forward
    /// (<see cref="LayerContext.Inference"/>): from then on <see cref="Forward"/> writes what <paramref name="follower"/> would
    /// make of it, and <paramref name="follower"/> does not run.
    /// </summary>
    /// <param name="follower">The layer that follows, such as one that is an <see cref="IChannelAffine"/> or an <see cref="IRectifier"/>.</param>
    /// <param name="followerBottoms">Its bottoms.</param>
    /// <returns>Whether it was taken in.</returns>
    public virtual bool TryFold(Layer follower, IReadOnlyList<Blob> followerBottoms) => false;

    /// <summary>
    /// Tells the layer that parameters were changed through a span or pointer from before its last pass, so that it reads
    /// them anew. Changes through <see cref="Blob.Data"/> and <see cref="Blob.DataPointer"/> show by themselves.
    /// </summary>
    public virtual void ParametersChanged()
    {
    }

    /// <summary>Closes files and ends threads that are the layer's own. The net that owns the layer calls it.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>Gives a top its shape.</summary>
    /// <exception cref="CnnException">No blob can have it; the error names the top.</exception>
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

    /// <summary>An axis counted from the front.</summary>
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
