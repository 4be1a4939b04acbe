using Cnn.Layers.Detection.Boxes;
using Cnn.Layers.Detection.MultiBox;
using Cnn.Layers.Kernels.Softmax;
using Cnn.Layers.Losses;
using Cnn.Layers.Threading;
using Cnn.Proto;
using ConfLoss = Cnn.Proto.MultiBoxLossParameter.Types.ConfLossType;
using Mining = Cnn.Proto.MultiBoxLossParameter.Types.MiningType;
using Mode = Cnn.Proto.LossParameter.Types.NormalizationMode;

namespace Cnn.Layers.Detection;

/// <summary>
/// SSD's loss: <c>L = (loc_weight L_loc + L_conf) / Z</c>. Bottoms: locations [N, P L 4] relative to P priors, scores
/// [N, P C], priors [1, 2, P 4] and objects [1, 1, G, 8], rows (item, class, instance, xmin, ymin, xmax, ymax,
/// difficult). The objects are matched to priors (see <see cref="BoxMatcher"/>); L_loc compares the locations of those
/// with the objects', L_conf their scores with the objects' classes and those of the worst of the other priors with the
/// background. Z is the number of matches unless <c>loss_param</c> says otherwise, at least 1. Gradients for the
/// locations and the scores. From Liu et al., "SSD: Single shot multibox detector", ECCV 2016, and its fork of Caffe.
/// </summary>
[LayerType("MultiBoxLoss")]
internal sealed unsafe class MultiBoxLossLayer : LossLayer
{
    private const int TruthBottom = 3;

    private readonly MultiBoxLossParameter options;
    private readonly PriorReader reader;
    private readonly TruthBoxes truths;
    private readonly Blob decoded = new();
    private readonly Blob probabilities = new();
    private readonly Blob overlaps = new();
    private PinnedInts matches = new(0);
    private PinnedInts targets = new(0);
    private PinnedInts counts = new(0);
    private float normalizer = 1;

    /// <summary>Makes the layer.</summary>
    public MultiBoxLossLayer(LayerContext context)
        : base(context)
    {
        options = Parameter.MultiboxLossParam ?? new MultiBoxLossParameter();
        reader = new PriorReader(context);
        truths = new TruthBoxes(context, TruthBottom);
    }

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(4);

    /// <inheritdoc/>
    public override string? GradientRule => options.EncodeVarianceInTarget
        ? "the variance does not come in a second time, as in SSD's Caffe"
        : null;

    private int Classes => (int)options.NumClasses;

    private int BoxesPerPrior => options.ShareLocation ? 1 : Classes;

    private int Background => (int)options.BackgroundLabelId;

    private bool NeedsBoxes => !options.UsePriorForMatching
        || (options.NmsParam is { NmsThreshold: > 0 } && !options.UsePriorForNms && options.MiningType != Mining.None);

    /// <inheritdoc/>
    public override bool AllowsForceBackward(int bottom) => bottom < 2;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        MultiBoxOptions.Check(Context, options);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        reader.Reshape(bottoms, Classes, BoxesPerPrior);
        truths.RequireShape(bottoms[TruthBottom]);
        tops[0].Reshape();
        if (NeedsBoxes)
        {
            decoded.ReshapeLike(bottoms[0]);
        }

        if (options.ConfLossType == ConfLoss.Softmax)
        {
            probabilities.ReshapeLike(bottoms[1]);
        }

        overlaps.Reshape(reader.Items, BoxesPerPrior, reader.Count);
        Grow(ref matches, overlaps.Count);
        Grow(ref targets, reader.Items * reader.Count);
        Grow(ref counts, reader.Items);
    }

    /// <inheritdoc/>
    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        truths.Read(
            bottoms[TruthBottom], reader.Items, Classes, Background, options.UseDifficultGt,
            options.MapObjectToAgnostic ? Background + 1 : null);
        MultiBoxPass pass = Pass(bottoms);
        pass.Losses = (double*)Context.Pool.Scratch(0, ScratchSlot.Partials, 4L * reader.Items);
        if (NeedsBoxes)
        {
            BoxDecoder.Run(
                options.CodeType, pass.Priors, pass.Locations, pass.Decoded, reader.Items, BoxesPerPrior, Context.Pool);
        }

        if (options.ConfLossType == ConfLoss.Softmax)
        {
            SoftmaxKernel.Forward(
                pass.Scores, pass.Probabilities, reader.Items * reader.Count, Classes, 1, Context.Pool);
        }

        var match = new MatchJob(pass);
        Context.Pool.Run(reader.Items, ref match);
        var loss = new LossJob(pass);
        Context.Pool.Run(reader.Items, ref loss);
        var (locations, scores, matched) = (0.0, 0.0, 0);
        for (int item = 0; item < reader.Items; item++)
        {
            locations += pass.Losses[2 * item];
            scores += pass.Losses[(2 * item) + 1];
            matched += pass.Counts[item];
        }

        normalizer = Normalizer(Normalization(Mode.Valid), reader.Items, reader.Count, matched);
        double sum = (Counts(0) ? options.LocWeight * locations : 0) + (Counts(1) ? scores : 0);
        tops[0].Data[0] = (float)(sum / normalizer);
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        for (int bottom = 2; bottom < propagateDown.Count; bottom++)
        {
            if (propagateDown[bottom])
            {
                throw Context.Error(
                    $"a {Type} layer has no gradient for its bottom {bottom} ('{Parameter.Bottom[bottom]}')",
                    "say propagate_down: true, true, false and false for its four bottoms");
            }
        }

        float scale = tops[0].Diff[0] / normalizer;
        var job = new GradientJob(
            Pass(bottoms),
            propagateDown[0] ? (Box*)bottoms[0].DiffPointer : null,
            scale * options.LocWeight,
            propagateDown[1] ? bottoms[1].DiffPointer : null,
            scale);
        Context.Pool.Run(reader.Items, ref job);
    }

    private static void Grow(ref PinnedInts ints, int count)
    {
        if (ints.Length < count)
        {
            ints = new PinnedInts(count);
        }
    }

    // A part whose propagate_down is false is left out of the loss.
    private bool Counts(int bottom) => Parameter.PropagateDown.Count == 0 || Parameter.PropagateDown[bottom];

    private MultiBoxPass Pass(IReadOnlyList<Blob> bottoms) => new()
    {
        Options = options,
        Truths = truths,
        Priors = reader.Read(bottoms, options.CodeType, !options.EncodeVarianceInTarget),
        BoxesPerPrior = BoxesPerPrior,
        Classes = Classes,
        Background = Background,
        Locations = (Box*)bottoms[0].DataPointer,
        Decoded = (Box*)decoded.DataPointer,
        Scores = bottoms[1].DataPointer,
        Probabilities = probabilities.DataPointer,
        Matches = matches.Pointer,
        Overlaps = overlaps.DataPointer,
        Targets = targets.Pointer,
        Counts = counts.Pointer,
        Pool = Context.Pool,
    };
}
