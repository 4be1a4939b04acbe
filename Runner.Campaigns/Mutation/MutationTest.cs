using System.Reflection;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Cnn.Campaigns.Mutation;

/// <summary>One test: a method and, for a theory, one row of its data.</summary>
internal sealed class MutationTest
{
    private readonly MethodInfo method;
    private readonly object?[] arguments;

    private MutationTest(MethodInfo method, object?[] arguments)
    {
        (this.method, this.arguments) = (method, arguments);
    }

    /// <summary>The class and the method.</summary>
    public string Name => $"{method.ReflectedType}.{method.Name}";

    /// <summary>
    /// Returns the tests of the classes whose full names begin with one of the prefixes, in a fixed order.
    /// </summary>
    public static IReadOnlyList<MutationTest> In(Assembly assembly, IReadOnlyList<string> prefixes) =>
    [
        .. assembly.GetTypes()
            .Where(t => !t.IsAbstract && prefixes.Any(p => t.FullName!.StartsWith(p, StringComparison.Ordinal)))
            .OrderBy(t => t.FullName, StringComparer.Ordinal)
            .SelectMany(t => t.GetMethods().OrderBy(m => m.Name, StringComparer.Ordinal))
            .Where(m => m.GetCustomAttribute<FactAttribute>() is { Skip: null })
            .SelectMany(Rows),
    ];

    /// <summary>Runs the test. A skipped test passes.</summary>
    /// <param name="limit">How long it may take.</param>
    /// <param name="isLate">Whether it took longer; it goes on, and this process should end.</param>
    /// <returns>What failed, or null.</returns>
    public string? Run(TimeSpan limit, out bool isLate)
    {
        isLate = false;
        try
        {
            // A thread of its own, so that asynchronous tests find no context and deep recursion has a whole stack.
            Task<string?> running = Task.Run(RunAsync);
            isLate = !running.Wait(limit);
            return isLate ? "it did not end" : running.Result;
        }
        catch (AggregateException error)
        {
            return error.InnerException!.Message;
        }
    }

    private static IEnumerable<MutationTest> Rows(MethodInfo method)
    {
        if (!method.IsDefined(typeof(TheoryAttribute)))
        {
            return [new MutationTest(method, [])];
        }

        var tracker = new DisposalTracker();
        return method.GetCustomAttributes().OfType<IDataAttribute>()
            .Select(a => InClass(a, method.ReflectedType!))
            .SelectMany(a => a.GetData(method, tracker).AsTask().GetAwaiter().GetResult())
            .Where(row => row.Skip is null)
            .Select(row => new MutationTest(method, method.ResolveMethodArguments(row.GetData())));
    }

    // xunit tells the attribute so while it looks for tests; without that there are no rows.
    private static IDataAttribute InClass(IDataAttribute data, Type testClass)
    {
        if (data is MemberDataAttributeBase member)
        {
            member.MemberType ??= testClass;
        }

        return data;
    }

    private async Task<string?> RunAsync()
    {
        object? instance = null;
        try
        {
            instance = method.IsStatic ? null : Activator.CreateInstance(method.ReflectedType!);
            switch (method.Invoke(instance, arguments))
            {
                case Task task:
                    await task;
                    break;
                case ValueTask task:
                    await task;
                    break;
                default:
                    break;
            }

            return null;
        }
        catch (Exception error)
        {
            Exception inner = error is TargetInvocationException { InnerException: { } cause } ? cause : error;
            return inner.Message.StartsWith(DynamicSkipToken.Value, StringComparison.Ordinal) ? null : inner.Message;
        }
        finally
        {
            await Dispose(instance);
        }
    }

    private static async Task Dispose(object? instance)
    {
        switch (instance)
        {
            case IAsyncDisposable disposable:
                await disposable.DisposeAsync();
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
            default:
                break;
        }
    }
}
