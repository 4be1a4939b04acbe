namespace Cnn.Tests;

/// <summary><see cref="Allocations"/> finds allocations, also rare ones.</summary>
[Trait("Category", "Unit")]
public class AllocationsTests
{
    private object? kept;
    private int steps;

    [Fact]
    public void AStepThatAllocatesNothingPasses() => Assert.Equal(0, Allocations.OnThisThread(() => steps++));

    [Fact]
    public void AStepThatAllocatesOnlyAtFirstPasses() =>
        Assert.Equal(0, Allocations.OnThisThread(() => Allocate(++steps < 50)));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(Allocations.StepsARound * Allocations.CleanRounds)]
    public void AStepThatAllocatesNowAndThenIsFound(int period) =>
        Assert.True(Allocations.OnThisThread(() => Allocate(++steps % period == 0)) > 0);

    [Fact]
    public void WhatAnotherThreadAllocatesIsNotThisThreads()
    {
        using var ask = new SemaphoreSlim(0);
        using var done = new SemaphoreSlim(0);
        var other = new Thread(() =>
        {
            while (steps >= 0)
            {
                ask.Wait(TestContext.Current.CancellationToken);
                Allocate(true);
                done.Release();
            }
        })
        { IsBackground = true };
        other.Start();

        long here = Allocations.OnThisThread(() =>
        {
            ask.Release();
            done.Wait();
        });
        steps = -1;
        ask.Release();
        other.Join();

        Assert.Equal(0, here);
    }

    private void Allocate(bool really) => kept = really ? new byte[64] : kept;
}
