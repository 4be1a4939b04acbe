using Cnn.Campaigns.Running;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Campaigns.Nets;

/// <summary>Random nets of all layer types.</summary>
internal sealed class NetsCampaign : ICampaign
{
    /// <inheritdoc/>
    public string Name => "nets";

    /// <inheritdoc/>
    public string Promise =>
        "Any net computes the same bits on any number of threads, and every other way to run or write it gives the "
            + "same.";

    /// <inheritdoc/>
    public IReadOnlyList<string> Parts => ["threads", "inference", "training", "inplace", "gradients", "formats",
        "solve", "export"];

    // Types that the plans for inference and training join.
    private static IReadOnlyList<string> Joined { get; } =
    [
        "BN", "BatchNorm", "BatchNorm", "Bias", "Concat", "Convolution", "Convolution", "Convolution",
            "ConvolutionDepthwise",
        "Deconvolution", "DepthwiseConvolution", "Dropout", "Eltwise", "Eltwise", "InnerProduct", "PReLU",
            "Pooling", "ReLU", "ReLU",
        "ReLU", "ReLU6", "Scale", "Scale", "Slice", "Split",
    ];

    // Types that work in place, and types whose tops share memory.
    private static IReadOnlyList<string> InPlace { get; } =
    [
        "BNLL", "BatchNorm", "Bias", "Concat", "Convolution", "Dropout", "ELU", "Flatten", "Flatten",
            "InnerProduct", "Parameter",
        "Power", "ReLU", "ReLU", "Reshape", "Reshape", "Scale", "Sigmoid", "Slice", "Softmax", "SoftmaxWithLoss",
            "Split", "Split",
        "Squeeze", "TanH", "Swish",
    ];

    /// <inheritdoc/>
    public void Run(PartRun run)
    {
        switch (run.Part)
        {
            case "threads":
                using (var part = new ThreadsPart())
                {
                    Nets(run, part.Check, null);
                }

                break;
            case "inference":
                using (var part = new InferencePart())
                {
                    Nets(run, part.Check, Phase.Test, Joined);
                }

                break;
            case "training":
                using (var part = new TrainingPart())
                {
                    Nets(run, part.Check, Phase.Train, Joined);
                }

                break;
            case "inplace":
                using (var part = new InPlacePart())
                {
                    Nets(run, part.Check, null, InPlace);
                }

                break;
            case "gradients":
                using (var part = new GradientsPart(what => run.Count(what)))
                {
                    Nets(run, part.Check, null);
                }

                break;
            case "formats":
                using (var part = new FormatsPart())
                {
                    Nets(run, part.Check, null, also: log =>
                    {
                        if (part.CheckSolver(RandomSolvers.Draw(log.Random, 6)) is { } failure)
                        {
                            log.Find(failure);
                        }
                    });
                }

                break;
            case "solve":
                using (var part = new SolvePart())
                {
                    Nets(run, part.Check, Phase.Train);
                }

                break;
            case "export":
                using (var part = new ExportPart(what => run.Count(what)))
                {
                    Nets(run, part.Check, Phase.Test, ExportPart.Types);
                }

                break;
        }
    }

    // In half of the nets all types are drawn, in the others some.
    private static void Nets(
        PartRun run,
        Func<NetCase, string?> check,
        Phase? phase,
        IReadOnlyList<string>? types = null,
        Action<CampaignCase>? also = null)
    {
        using var pool = new WorkerPool(1);
        var nets = new NetCheck(check);
        run.Cases(log =>
        {
            nets.Run(log, RandomNets.Draw(log.Random, pool, log, phase, log.Number % 2 == 0 ? types : null));
            also?.Invoke(log);
        });
    }
}
