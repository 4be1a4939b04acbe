using Cnn.Engine.Distributed;
using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Cnn.Engine.Solvers;
using Cnn.Layers;
using Cnn.Layers.Plugins;
using Cnn.Proto;

namespace Cnn.Tests.Api;

/// <summary>
/// The code of the documents' examples; <see cref="ReadmeTests"/> runs it and compares it with the documents.
/// </summary>
internal sealed class ReadmeExamples(string folder)
{
    public float[] Classify(float[] pixels)
    {
        using Net net = Net.Load(At("deploy.prototxt"), weights: At("lenet.caffemodel"));
        net.SetInput("data", pixels, 1, 1, 28, 28);     // the shape may change from call to call
        net.Forward();
        float[] probabilities = net.FindBlob("prob").Data.ToArray();

        return probabilities;
    }

    public void Train()
    {
        using Solver solver = Solver.Load(At("solver.prototxt"));
        solver.Progressed += progress =>
        {
            if (progress.Loss < 0.05)
            {
                solver.Control.RequestStop();           // after this iteration
            }
        };
        solver.Tested += scores => Console.WriteLine($"{scores.Outputs[0].Blob}: {scores.Outputs[0].Mean}");
        solver.Solve();
        solver.TrainNet.SaveWeights(At("trained.caffemodel"));
    }

    public void TrainTogether()
    {
        using ProcessGroup? group = ProcessGroup.Join();        // null where there is one process
        try
        {
            using Solver solver = Solver.Load(At("solver.prototxt"), new SolverOptions { Processes = group });
            solver.Solve();
            if (group is null or { IsRoot: true })
            {
                solver.TrainNet.SaveWeights(At("together.caffemodel"));
            }
        }
        catch (Exception exception) when (group is not null && exception != group.CommonFailure)
        {
            Console.Error.WriteLine($"rank {group.Rank}: {exception.Message}");
            group.Abort(exitCode: 1);                           // the others would wait for this process
        }
    }

    public void Operate()
    {
        using Net net = Net.Load(At("deploy.prototxt"), At("lenet.caffemodel"));
        Blob filters = net.FindLayer("conv1").Parameters[0];    // [20, 1, 5, 5]
        filters.Data[..25].Clear();                             // the first filter is no more
        net.SaveWeights(At("without-first.caffemodel"));
    }

    public void Record()
    {
        using RunWriter run = RunWriter.Open(At("runs/mine"), new RunInfo { Net = "mine", MaxIterations = 1000 });
        for (int i = 0; i < 1000; i++)
        {
            run.Scalar("train/loss", i, Math.Exp(-0.01 * i));
        }

        run.End(RunState.Completed);
    }

    public static NetDefinition Describe()
    {
        NetDefinition lenet = new NetDefinition("LeNet")
            .Add("Digits", "digits", tops: ["data", "label"], options: new
            {
                digits_param = new { batch_size = 64 },
                transform_param = new { scale = 1 / 256f },
            })
            .Add("Convolution", "conv1", "data", new
            {
                num_output = 20,
                kernel_size = 5,
                weight_filler = new { type = "xavier" },
            })
            .Add("Pooling", "pool1", "conv1", new { pool = "MAX", kernel_size = 2, stride = 2 })
            .Add("InnerProduct", "ip1", "pool1", new { num_output = 10, weight_filler = new { type = "xavier" } })
            .Add("SoftmaxWithLoss", "loss", ["ip1", "label"]);
        using var solver = new Solver(new SolverDefinition(lenet, new
        {
            type = "Adam", base_lr = 0.001, lr_policy = "fixed", max_iter = 20, snapshot_after_train = false,
        }));
        solver.Solve();

        return lenet;
    }

    public static float Extend()
    {
        var layers = new LayerRegistry();
        layers.Add("Square", context => new SquareLayer(context));
        NetDefinition definition = new NetDefinition()
            .Input("x", 2, 3)
            .Add("Square", "y", "x", new { times = 0.5 });
        using Net net = Net.Build(definition, new NetOptions { Layers = layers });
        net.FindInput("x").Data.Fill(4);
        net.Forward();                                  // y is 8 everywhere

        return net.FindBlob("y").Data[5];
    }

    private string At(string file) => Path.Combine(folder, file);

    public sealed record SquareOptions(float Times = 1);

    public sealed class SquareLayer(LayerContext context) : Layer(context)
    {
        private readonly float times = PluginOptions.Bind<SquareOptions>(context).Times;

        public override BlobCount BottomCount => BlobCount.Exactly(1);

        public override BlobCount TopCount => BlobCount.Exactly(1);

        public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
            tops[0].ReshapeLike(bottoms[0]);

        public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
        {
            for (int i = 0; i < bottoms[0].Count; i++)
            {
                tops[0].Data[i] = times * bottoms[0].Data[i] * bottoms[0].Data[i];
            }
        }

        public override void Backward(
            IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
        {
            for (int i = 0; propagateDown[0] && i < bottoms[0].Count; i++)
            {
                bottoms[0].Diff[i] = 2 * times * bottoms[0].Data[i] * tops[0].Diff[i];
            }
        }
    }
}
