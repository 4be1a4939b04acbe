using Cnn.Engine.Distributed;
using Cnn.Engine.Graph;
using Cnn.Proto;

namespace Cnn.Engine.Solvers;

/// <summary>Builds the nets that a solver file asks for, in Caffe's order and with Caffe's states.</summary>
internal sealed class SolverNets(SolverDefinition solver, SolverOptions options, long seed)
{
    /// <summary>The <c>eval_type</c> of detectors.</summary>
    public const string Detection = "detection";

    private readonly SolverParameter definition = solver.Message;

    /// <summary>Builds the training net; its parameters are not filled.</summary>
    /// <exception cref="CnnException">There is not exactly one definition of it, or it cannot be built.</exception>
    public Net BuildTrainNet()
    {
        int given = (definition.HasNet ? 1 : 0) + (definition.NetParam is null ? 0 : 1)
            + (definition.HasTrainNet ? 1 : 0) + (definition.TrainNetParam is null ? 0 : 1);
        if (given != 1)
        {
            throw new CnnException(new Diagnostic(
                given == 0 ? "the solver names no net to train" : $"the solver names {given} nets to train",
                solver.Sources.Find(definition),
                "give exactly one of net, net_param, train_net, train_net_param"));
        }

        NetDefinition source = definition.HasTrainNet
            ? Load(definition.TrainNet, SolverParameter.TrainNetFieldNumber)
            : Inline(definition.TrainNetParam) ?? Generic();
        NetState state = State(Phase.Train, source.Message, definition.TrainState);
        state.Level = options.Level ?? state.Level;
        state.Stage.Add(options.Stages);
        return Build(source, state);
    }

    /// <summary>Builds the test nets, which share the parameters of the training net.</summary>
    /// <param name="trainNet">The training net.</param>
    /// <param name="nets">Receives each test net once it is built, so that its owner can dispose of it.</param>
    public void BuildTestNets(Net trainNet, List<TestNet> nets)
    {
        int specific = definition.TestNetParam.Count + definition.TestNet.Count;
        int count = definition.TestIter.Count;
        bool hasGeneric = definition.HasNet || definition.NetParam is not null;
        if (hasGeneric ? count < specific : count != specific)
        {
            throw Error(
                SolverParameter.TestIterFieldNumber,
                $"test_iter is given {count} times for {specific} test net(s)",
                "give it once a test net");
        }

        if (definition.TestState.Count != 0 && definition.TestState.Count != count)
        {
            throw Error(
                SolverParameter.TestStateFieldNumber,
                $"test_state is given {definition.TestState.Count} times for {count} test net(s)",
                "give it once a test net or not at all");
        }

        if (count > 0 && definition.TestInterval <= 0)
        {
            throw Error(
                SolverParameter.TestIntervalFieldNumber,
                $"test_interval is {definition.TestInterval} although there are test nets",
                "give the iterations between tests, 1 or more");
        }

        for (int i = 0; i < count; i++)
        {
            if (definition.TestIter[i] <= 0)
            {
                throw Error(
                    SolverParameter.TestIterFieldNumber,
                    $"test_iter is {definition.TestIter[i]}",
                    "it must be 1 or more");
            }

            int file = i - definition.TestNetParam.Count;
            NetDefinition source = file < 0 ? Inline(definition.TestNetParam[i])!
                : file < definition.TestNet.Count
                    ? Load(definition.TestNet[file], SolverParameter.TestNetFieldNumber, file)
                : Generic();
            NetState? given = i < definition.TestState.Count ? definition.TestState[i] : null;
            Net net = Build(source, State(Phase.Test, source.Message, given));
            nets.Add(new TestNet(
                i, net, definition.TestIter[i], definition.ApVersion, definition.ShowPerClassResult)
            {
                Processes = options.Processes,
            });
            RequireDetections(net, i);
            BatchRun.RequireNoFiles(net, options.Processes);
            net.DebugInfo = definition.DebugInfo;
            net.ShareParametersOf(trainNet);
        }
    }

    private void RequireDetections(Net net, int index)
    {
        if (definition.EvalType == Detection && !net.Outputs.Any(o => OutputTally.IsOfDetections(net, o)))
        {
            throw Error(
                SolverParameter.EvalTypeFieldNumber,
                $"eval_type is {Detection}, but no output of test net #{index} is of a DetectionEvaluate layer",
                $"its outputs are {string.Join(", ", net.Outputs)}");
        }
    }

    private NetDefinition Generic() =>
        definition.HasNet ? Load(definition.Net, SolverParameter.NetFieldNumber) : Inline(definition.NetParam)!;

    private NetDefinition Load(string path, int field, int index = 0)
    {
        string found = solver.Files.Find(path);
        if (!File.Exists(found))
        {
            throw new CnnException(new Diagnostic(
                $"the net file '{path}' does not exist",
                solver.Sources.Find(definition, field, index),
                "paths are looked up from the working directory, then beside the solver file"));
        }

        return NetDefinition.Load(found);
    }

    private NetDefinition? Inline(NetParameter? net) =>
        net is null ? null : new NetDefinition(net, solver.Sources, solver.Files);

    private static NetState State(Phase phase, NetParameter net, NetState? given)
    {
        // Later messages win field by field, stages add up; the net's own stages are added when it is built.
        var state = new NetState { Phase = phase };
        if (net.State is { } own)
        {
            var withoutStages = own.Clone();
            withoutStages.Stage.Clear();
            state.MergeFrom(withoutStages);
        }

        if (given is not null)
        {
            state.MergeFrom(given);
        }

        return state;
    }

    private Net Build(NetDefinition source, NetState state) => Net.Construct(source, new NetOptions
    {
        Phase = state.Phase,
        Level = state.Level,
        Stages = [.. state.Stage],
        Seed = seed,
        Pool = options.Pool,
        Layers = options.Layers,
        Fillers = options.Fillers,
        Log = options.Log,
    });

    private CnnException Error(int field, string message, string hint) =>
        new(new Diagnostic(message, solver.Sources.Find(definition, field), hint));
}
