using System.Reflection;
using Cnn.Layers;
using Cnn.Layers.Kernels.Update;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Engine.Solvers;

/// <summary>
/// How a solver type turns gradients into steps. One class a type, found by its <see cref="SolverTypeAttribute"/>; the
/// order of steps around it is the <see cref="Solver"/>'s.
/// </summary>
internal abstract class UpdateRule
{
    /// <summary>History blobs a parameter; a snapshot holds all first ones, then all second ones.</summary>
    public virtual int HistoriesPerParameter => 1;

    /// <summary>Whether histories of zeros stay so, and the values too, as long as the rate is 0.</summary>
    public virtual bool RestsAtRateZero => false;

    /// <summary>
    /// Updates one parameter in one pass over memory: normalises and regularises its gradient, updates its history,
    /// subtracts the step from the values and leaves it in the diff where it is kept.
    /// </summary>
    /// <param name="parameter">The values and the accumulated gradient.</param>
    /// <param name="histories">The parameter's histories, of the parameter's shape.</param>
    /// <param name="step">Rate, decay and gradient scale of this parameter.</param>
    /// <param name="iteration">Updates done before this one.</param>
    /// <param name="pool">The threads to compute with.</param>
    public abstract void Update(
        Blob parameter, ReadOnlySpan<Blob> histories, in GradientStep step, int iteration, WorkerPool pool);

    /// <summary>Runs an update over a parameter.</summary>
    protected static unsafe void Run<T>(
        T operation, Blob parameter, ReadOnlySpan<Blob> histories, in GradientStep step, WorkerPool pool)
        where T : struct, IUpdateOperation =>
        UpdateKernel.Run(
            operation,
            parameter.DataPointer,
            parameter.DiffPointer,
            histories[0].DataPointer,
            histories.Length > 1 ? histories[1].DataPointer : null,
            parameter.Count,
            step,
            pool);

    /// <summary>The known solver types.</summary>
    public static IReadOnlyCollection<string> Names => Types.Keys;

    private static SortedDictionary<string, Type> Types
    {
        get
        {
            var types = new SortedDictionary<string, Type>(StringComparer.Ordinal);
            foreach (Type type in typeof(UpdateRule).Assembly.GetTypes())
            {
                if (type.GetCustomAttribute<SolverTypeAttribute>() is { } attribute)
                {
                    types.Add(attribute.Name, type);
                }
            }

            return types;
        }
    }

    /// <summary>The rule of a solver's type.</summary>
    /// <exception cref="CnnException">The type is unknown or a value does not fit it.</exception>
    public static UpdateRule Create(SolverParameter definition, SourceMap sources)
    {
        SortedDictionary<string, Type> types = Types;
        if (!types.TryGetValue(definition.Type, out Type? rule))
        {
            throw new CnnException(new Diagnostic(
                $"unknown solver type '{definition.Type}'",
                sources.Find(definition, SolverParameter.TypeFieldNumber),
                Suggestion.For(definition.Type, types.Keys) ?? $"the types are {string.Join(", ", types.Keys)}"));
        }

        return (UpdateRule)Activator.CreateInstance(
            rule, BindingFlags.DoNotWrapExceptions | BindingFlags.Instance | BindingFlags.Public, null, [definition, sources], null)!;
    }
}
