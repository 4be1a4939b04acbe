using System.Globalization;
using Cnn.Engine.Runs;
using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Engine.Graph;

/// <summary>
/// Turns a definition into a net: filters layers by state, inserts splits, creates the layers in the order of the file
/// and connects their blobs, shares parameters, and decides what runs backward.
/// </summary>
internal sealed class NetBuilder : IDisposable
{
    private const string AutomaticTop = "(automatic)";

    private readonly NetDefinition definition;
    private readonly SourceMap sources;
    private readonly NetOptions options;
    private readonly WorkerPool? ownPool;
    private readonly PassClock clock = new();
    private readonly List<NetLayer> layers = [];
    private readonly Dictionary<string, Blob> blobs = [];
    private readonly HashSet<string> wantsGradient = [];
    private readonly SortedSet<string> unread = new(StringComparer.Ordinal);
    private readonly List<LearnableParameter> learnable = [];
    private readonly Dictionary<string, LearnableParameter> shared = [];
    private long memory;
    private List<LayerParameter> leftOut = [];

    /// <param name="definition">The definition; it is only read.</param>
    /// <param name="options">How to build it; the pool is set.</param>
    /// <param name="ownPool">That pool when the net owns it; else null.</param>
    public NetBuilder(NetDefinition definition, NetOptions options, WorkerPool? ownPool)
    {
        this.ownPool = ownPool;
        this.definition = definition;

        // The copies made here have locations too; the definition's map serves other nets at the same time.
        sources = new SourceMap(definition.Sources);
        this.options = options;
    }

    public Net Build()
    {
        options.MadeUp?.Check();
        NetParameter message = definition.Message;
        NetState state = message.State?.Clone() ?? new NetState();
        state.Phase = options.Phase;
        state.Level = options.Level;
        state.Stage.Add(options.Stages);
        List<LayerParameter> present = NetFilter.Keep(message.Layer, state, sources);
        if (present.Count == 0)
        {
            throw new CnnException(new Diagnostic(
                message.Layer.Count == 0
                    ? $"net '{message.Name}' has no layers"
                    : $"no layer of net '{message.Name}' is meant for phase "
                        + state.Phase.ToString().ToUpperInvariant(),
                sources.Find(message)));
        }

        GivenShapes.RequireNames(options.MadeUp, present);
        var isPresent = new HashSet<object>(present, ReferenceEqualityComparer.Instance);
        leftOut = [.. message.Layer.Where(l => !isPresent.Contains(l))];
        options.Layers.RequireKnown(
            present, sources, options.MadeUp, warning => options.Log?.Warn([warning]));
        foreach (LayerParameter layer in SplitInsertion.Insert(present, leftOut, sources))
        {
            if (!layer.HasPhase)
            {
                layer.Phase = state.Phase;
            }

            try
            {
                AddLayer(layer);
            }
            catch (OutOfMemoryException exception)
            {
                throw GraphErrors.OutOfMemory(sources, layer, exception);
            }
        }

        GivenShapes.RequireBatch(options.MadeUp, layers);
        BackwardPlan.Prune(layers);
        if (message.ForceBackward || options.ForceBackward)
        {
            BackwardPlan.Force(layers);
        }

        RefuseLostValues();
        LabelCheck.Require(layers);
        WarnOfRepeatedNames();
        foreach (NetLayer layer in Enumerable.Reverse(layers))
        {
            Log($"{layer.Name} {(layer.NeedsBackward ? "needs" : "does not need")} backward computation.");
        }

        foreach (string output in unread)
        {
            Log($"This network produces output {output}");
        }

        Log("Network initialization done.");
        var inputs = layers.Where(l => l.Layer.IsInput).SelectMany(l => l.TopNames);
        return new Net(definition, options, ownPool, clock, layers, blobs, [.. inputs], [.. unread], learnable);
    }

    /// <summary>Disposes of the layers created so far, when building the net fails.</summary>
    public void Dispose() => layers.ForEach(l => l.Layer.Dispose());

    private void WarnOfRepeatedNames()
    {
        foreach (string name in new LayersByName(layers).Repeated)
        {
            LayerParameter second = layers
                .Where(l => l.Name == name && l.Layer.Blobs.Count > 0).ElementAt(1).Definition;
            options.Log?.Warn([new Diagnostic(
                $"several layers with parameters are called '{name}'",
                sources.Find(second, LayerParameter.NameFieldNumber),
                "the first of a weights file goes to the first here, the second to the second; "
                + "names of their own are safer")]);
        }
    }

    // Refuses a layer that works in place on values that an earlier layer's gradient needs, and a layer that cannot run
    // backward in place. Those that work in place on the same values one after another are told so.
    private void RefuseLostValues()
    {
        var needed = new Dictionary<object, NetLayer>(ReferenceEqualityComparer.Instance);
        var inPlaceBefore = new Dictionary<object, List<NetLayer>>(ReferenceEqualityComparer.Instance);
        var sharedValues = new SharedValues(layers, unread);
        foreach (NetLayer layer in layers)
        {
            bool runsBackward = layer.NeedsBackward && layer.PropagateDownList.Contains(true);
            foreach (Blob top in layer.TopList)
            {
                bool inPlace = layer.BottomList.Contains(top);
                if (inPlace && runsBackward && layer.Layer.InPlaceGradientProblem is { } problem)
                {
                    throw Refusal(layer, $"a {layer.Type} layer has no gradient in place where its {problem}");
                }

                if (inPlace && sharedValues.ProblemOf(layer, top) is { } reason)
                {
                    throw Refusal(layer, reason);
                }

                if (inPlace && needed.TryGetValue(top.Memory, out NetLayer? writer))
                {
                    throw Refusal(
                        layer,
                        $"works in place on values that the gradient of layer '{writer.Name}' "
                        + $"({writer.Layer.Type}) needs");
                }

                if (inPlace)
                {
                    TellOfChange(inPlaceBefore, layer, top);
                }

                if (layer.Layer.NeedsTopValues && runsBackward)
                {
                    needed[top.Memory] = layer;
                }
            }
        }

        CnnException Refusal(NetLayer layer, string message) => GraphErrors.At(
            sources.Find(layer.Definition, LayerParameter.TopFieldNumber),
            layer.Definition,
            message,
            "give its top a name of its own");
    }

    private void TellOfChange(Dictionary<object, List<NetLayer>> inPlaceBefore, NetLayer layer, Blob top)
    {
        if (!inPlaceBefore.TryGetValue(top.Memory, out List<NetLayer>? earlier))
        {
            inPlaceBefore.Add(top.Memory, earlier = []);
        }

        foreach (NetLayer before in earlier.Where(
            l => !options.Inference && l.NeedsBackward && l.PropagateDownList.Contains(true)))
        {
            before.Layer.KeepFrom(layer.Layer);
        }

        earlier.Add(layer);
    }

    private void AddLayer(LayerParameter definition)
    {
        if (definition.PropagateDown.Count > 0 && definition.PropagateDown.Count != definition.Bottom.Count)
        {
            throw GraphErrors.At(
                sources.Find(definition, LayerParameter.PropagateDownFieldNumber),
                definition,
                $"propagate_down is given {definition.PropagateDown.Count} times for {definition.Bottom.Count} bottoms",
                "give it once a bottom or not at all");
        }

        Log($"Creating layer {definition.Name}");
        LayerParameter own = definition.Clone();
        sources.Carry(definition, own);
        var context = new LayerContext
        {
            Parameter = own,
            Pool = options.Pool!,
            Random = new RandomStreams(options.Seed),
            Clock = clock,
            Fillers = options.Fillers,
            Sources = sources,
            Files = this.definition.Files,
            Inference = options.Inference,
            MadeUp = options.MadeUp,
            Warn = warning => options.Log?.Warn([warning]),
        };
        var layer = new NetLayer(definition, options.Layers.Create(context));
        Log($"Creating Layer {definition.Name}");
        layers.Add(layer);
        bool needsBackward = ConnectBottoms(layer);
        ConnectTops(layer);
        CheckCounts(layer);
        Log($"Setting up {definition.Name}");
        layer.Layer.SetUp(layer.BottomList, layer.TopList);
        layer.Layer.Reshape(layer.BottomList, layer.TopList);
        GivenShapes.RequireSame(options.MadeUp, layer, sources);
        SetLossWeights(layer);
        LogTops(layer);
        needsBackward |= AddParameters(layer);
        if (layer.Layer.StopsGradient)
        {
            needsBackward = false;
            BackwardPlan.SwitchOff(layer);
        }

        layer.NeedsBackward = needsBackward;
        if (needsBackward)
        {
            wantsGradient.UnionWith(layer.TopNameList);
        }
    }

    private bool ConnectBottoms(NetLayer layer)
    {
        bool needsBackward = false;
        for (int i = 0; i < layer.Definition.Bottom.Count; i++)
        {
            string name = layer.Definition.Bottom[i];
            if (!blobs.TryGetValue(name, out Blob? blob) || !unread.Remove(name))
            {
                throw GraphErrors.UnknownBottom(sources, layer.Definition, i, unread, leftOut);
            }

            Log($"{layer.Name} <- {name}");
            layer.BottomList.Add(blob);
            bool wanted = wantsGradient.Contains(name);
            needsBackward |= wanted;
            layer.PropagateDownList.Add(
                layer.Definition.PropagateDown.Count > 0 ? layer.Definition.PropagateDown[i] : wanted);
        }

        return needsBackward;
    }

    private void ConnectTops(NetLayer layer)
    {
        LayerParameter definition = layer.Definition;
        for (int i = 0; i < definition.Top.Count; i++)
        {
            string name = definition.Top[i];
            bool inPlace = i < definition.Bottom.Count && definition.Bottom[i] == name;
            Log($"{layer.Name} -> {name}{(inPlace ? " (in-place)" : "")}");
            if (inPlace)
            {
                if (!layer.Layer.AllowsInPlace)
                {
                    throw GraphErrors.At(
                        sources.Find(definition, LayerParameter.TopFieldNumber, i),
                        definition,
                        $"a {definition.Type} layer cannot work in place on '{name}'",
                        "give its top a name of its own");
                }
            }
            else if (!blobs.TryAdd(name, new Blob()))
            {
                throw GraphErrors.At(
                    sources.Find(definition, LayerParameter.TopFieldNumber, i),
                    definition,
                    $"top '{name}' is the top of an earlier layer",
                    "only a layer whose bottom of the same place has that name may write it again, and nobody else may "
                    + "read it before");
            }

            layer.TopList.Add(blobs[name]);
            layer.TopNameList.Add(name);
            unread.Add(name);
        }

        while (layer.Layer.AddsMissingTops && layer.TopList.Count < layer.Layer.TopCount.Min)
        {
            // As in Caffe, all of them have this name, which finds the last one.
            blobs[AutomaticTop] = new Blob();
            layer.TopList.Add(blobs[AutomaticTop]);
            layer.TopNameList.Add(AutomaticTop);
            Log($"{layer.Name} -> {AutomaticTop}");
        }
    }

    private void CheckCounts(NetLayer layer)
    {
        int bottoms = layer.BottomList.Count, tops = layer.TopList.Count;
        LayerParameter definition = layer.Definition;
        SourceLocation? at = sources.Find(definition);
        if (!layer.Layer.BottomCount.Allows(bottoms))
        {
            throw GraphErrors.At(
                at, definition, $"a {definition.Type} layer takes {layer.Layer.BottomCount} bottom(s), not {bottoms}");
        }

        if (!layer.Layer.TopCount.Allows(tops))
        {
            throw GraphErrors.At(
                at, definition, $"a {definition.Type} layer gives {layer.Layer.TopCount} top(s), not {tops}");
        }

        if (layer.Layer.TopsMatchBottoms && bottoms != tops)
        {
            throw GraphErrors.At(
                at,
                definition,
                $"a {definition.Type} layer gives one top a bottom, but has {bottoms} bottom(s) and {tops} top(s)");
        }
    }

    private void SetLossWeights(NetLayer layer)
    {
        var weights = layer.Layer.Parameter.LossWeight;
        int tops = layer.TopList.Count;
        layer.LossWeightList = new float[tops];
        if (weights.Count == 0 && layer.Layer.IsLoss)
        {
            weights.Add(1);
            layer.LossWeightList[0] = 1;
            return;
        }

        if (weights.Count != 0 && weights.Count != tops)
        {
            throw GraphErrors.At(
                sources.Find(layer.Definition, LayerParameter.LossWeightFieldNumber),
                layer.Definition,
                $"loss_weight is given {weights.Count} times for {tops} top(s)",
                "give it once a top or not at all");
        }

        weights.CopyTo(layer.LossWeightList, 0);
    }

    private bool AddParameters(NetLayer layer)
    {
        LayerParameter definition = layer.Definition;
        int count = layer.Layer.Blobs.Count;
        if (definition.Param.Count > count)
        {
            throw GraphErrors.At(
                sources.Find(definition.Param[count]),
                definition,
                $"has {definition.Param.Count} param entries but only {count} parameter(s)");
        }

        bool needsBackward = false;
        for (int i = 0; i < count; i++)
        {
            ParamSpec spec = i < definition.Param.Count ? definition.Param[i] : new ParamSpec();
            layer.Layer.SetNeedsGradient(i, spec.LrMult != 0);
            needsBackward |= spec.LrMult != 0;

            // As in Caffe, the multipliers come from the layer's own copy of the definition, to which its set-up may
            // add.
            spec = i < layer.Layer.Parameter.Param.Count ? layer.Layer.Parameter.Param[i] : spec;
            if (spec.Name.Length > 0 && shared.TryGetValue(spec.Name, out LearnableParameter? owner))
            {
                Share(owner, layer, i, spec);
                continue;
            }

            var parameter = new LearnableParameter(layer, i, spec.Name) { Uses = { (layer, i) } };
            learnable.Add(parameter);
            ApplyMultipliers(parameter, layer, spec);
            if (spec.Name.Length > 0)
            {
                shared.Add(spec.Name, parameter);
            }
        }

        return needsBackward;
    }

    private void Share(LearnableParameter owner, NetLayer layer, int index, ParamSpec spec)
    {
        Blob blob = layer.Layer.Blobs[index];
        bool permissive = spec.ShareMode == ParamSpec.Types.DimCheckMode.Permissive;
        if (permissive ? blob.Count != owner.Blob.Count : !blob.HasShapeOf(owner.Blob))
        {
            throw GraphErrors.At(
                sources.Find(spec),
                layer.Definition,
                $"cannot share parameter '{spec.Name}' with layer '{owner.Owner.Name}': its shape is "
                + $"{blob.ShapeText}, the owner's {owner.Blob.ShapeText}",
                permissive ? null : "share_mode: PERMISSIVE asks for equal counts only");
        }

        owner.Uses.Add((layer, index));
        if (blob.IsFilled && !owner.Blob.IsFilled)
        {
            blob.Data.CopyTo(owner.Blob.Data);
            owner.Blob.IsFilled = true;
        }

        blob.ShareData(owner.Blob);
        blob.ShareDiff(owner.Blob);
        Log($"Sharing parameter '{spec.Name}' owned by layer '{owner.Owner.Name}', param index {owner.Index}");
        ApplyMultipliers(owner, layer, spec);
    }

    private void ApplyMultipliers(LearnableParameter parameter, NetLayer layer, ParamSpec spec)
    {
        if (spec.HasLrMult)
        {
            if (parameter.HasLearningRateMultiplier && parameter.LearningRateMultiplier != spec.LrMult)
            {
                throw Mismatch("lr_mult", parameter.LearningRateMultiplier, spec.LrMult);
            }

            (parameter.LearningRateMultiplier, parameter.HasLearningRateMultiplier) = (spec.LrMult, true);
        }

        if (spec.HasDecayMult)
        {
            if (parameter.HasDecayMultiplier && parameter.DecayMultiplier != spec.DecayMult)
            {
                throw Mismatch("decay_mult", parameter.DecayMultiplier, spec.DecayMult);
            }

            (parameter.DecayMultiplier, parameter.HasDecayMultiplier) = (spec.DecayMult, true);
        }

        CnnException Mismatch(string what, float first, float now) => GraphErrors.At(
            sources.Find(spec),
            layer.Definition,
            string.Create(
                CultureInfo.InvariantCulture,
                $"shared parameter '{spec.Name}' has {what} {now} here but {first} in layer '{parameter.Owner.Name}'"),
            "give it the same value everywhere, or in one layer only");
    }

    private void LogTops(NetLayer layer)
    {
        for (int i = 0; i < layer.TopList.Count; i++)
        {
            Log($"Top shape: {layer.TopList[i].ShapeText}");
            if (layer.LossWeightList[i] != 0)
            {
                Log($"    with loss weight {CaffeNumber.Format(layer.LossWeightList[i])}");
            }

            memory += layer.TopList[i].Count;
        }

        Log($"Memory required for data: {memory * sizeof(float)}");
    }

    private void Log(string line)
    {
        if (!options.BuildsQuietly)
        {
            options.Log?.Information("{Line:l}", line);
        }
    }
}
